import { inspect } from '@livefold/core'
import { createStoreContext, livefold, useQuery, useStatus, useStore } from '@livefold/vue'
import { expect, it } from 'vitest'
import {
  createApp,
  defineComponent,
  effectScope,
  h,
  nextTick,
  onErrorCaptured,
  reactive,
  ref,
  Suspense,
  watch,
} from 'vue'
import { stageElement, watchConsole } from '../../testing/page.ts'
import { events, notes, openNotes } from './notes.ts'

const note = (id: string) => events.put({ id, body: id, rank: 0 })
const observed = (store: Awaited<ReturnType<typeof openNotes>>) =>
  inspect(store).filter((query) => query.observed).length

it('works in any effect scope, and ends with it', async () => {
  const store = await openNotes()
  const scope = effectScope()
  const count = scope.run(() => useQuery(notes.count(), { store }))!
  const heard: number[] = []
  scope.run(() => watch(count, (now) => heard.push(now), { flush: 'sync' }))
  store.commit(note('a'))
  expect([count.value, heard, observed(store)]).toEqual([1, [1], 1])
  scope.stop()
  expect(observed(store)).toBe(0)
  store.commit(note('b'))
  expect([count.value, heard]).toEqual([2, [1]])
  await store.close()
})

it('without a component and without a scope it says what to do', async () => {
  const store = await openNotes()
  expect(() => useQuery(notes.count(), { store })).toThrow(/effectScope/)
  expect(() => useStore()).toThrow(expect.objectContaining({ code: 'store/missing' }))
  await store.close()
})

it('two queries read in a synchronous watcher are of one commit', async () => {
  const store = await openNotes()
  const seen: unknown[] = []
  const scope = effectScope()
  scope.run(() => {
    const count = useQuery(notes.count(), { store })
    const rows = useQuery(notes, { store })
    watch([count, rows], ([n, list]) => seen.push([n, list.length]), { flush: 'sync' })
  })
  store.commit(note('a'), note('b'))
  expect(seen.every((pair) => JSON.stringify(pair) === '[2,2]')).toBe(true)
  expect(seen.length > 0).toBe(true)
  scope.stop()
  await store.close()
})

it('takes a definition, a getter or a ref; the ref is read-only and unwraps', async () => {
  const store = await openNotes()
  store.commit(note('a'), note('b'))
  const scope = effectScope()
  scope.run(() => {
    const id = ref('a')
    const byGetter = useQuery(() => notes.where({ id: id.value }).first(), { store })
    const wanted = ref<ReturnType<typeof notes.where> | null>(null)
    const byRef = useQuery(wanted, { store })
    expect([byGetter.value?.id, byRef.value]).toEqual(['a', undefined])
    id.value = 'b'
    expect(byGetter.value?.id).toBe('b')
    expect(reactive({ byGetter }).byGetter?.id).toBe('b')
    Object.assign(byGetter, { value: 'x' })
    expect(byGetter.value?.id).toBe('b')
  })
  scope.stop()
  await store.close()
})

it('await suspends while the store opens, and the store is there after it', async () => {
  const opening = openNotes()
  const { livefold: plugin, useQuery: query } = createStoreContext()
  const Count = defineComponent({
    async setup() {
      const count = await query(notes.count())
      return () => h('p', `${count.value} notes`)
    },
  })
  const root = stageElement()
  const app = createApp({
    render: () => h(Suspense, null, { default: () => h(Count), fallback: () => h('p', 'Opening') }),
  })
  app.use(plugin(opening)).mount(root)
  expect(root.textContent).toBe('Opening')
  const store = await opening
  await expect.poll(() => root.textContent).toBe('0 notes')
  store.commit(note('a'))
  await nextTick()
  expect(root.textContent).toBe('1 notes')
  app.unmount()
  expect(observed(store)).toBe(0)
  await store.close()
})

it('a failed opening rejects what was awaited: onErrorCaptured hears', async () => {
  const heard: unknown[] = []
  const Count = defineComponent({
    async setup() {
      const count = await useQuery(notes.count())
      return () => h('p', count.value)
    },
  })
  const root = stageElement()
  const { stop } = watchConsole()
  const app = createApp({
    setup() {
      onErrorCaptured((error) => {
        heard.push(error.message)
        return false
      })
      return () => h(Suspense, null, { default: () => h(Count), fallback: () => h('p', 'Opening') })
    },
  })
  app.use(livefold(Promise.reject(new Error('no disk')))).mount(root)
  await expect.poll(() => heard.join()).toContain('no disk')
  app.unmount()
  stop()
})

it('useStatus gives a ref of what was selected', async () => {
  const store = await openNotes()
  const scope = effectScope()
  const phase = scope.run(() => useStatus((status) => status.phase, { store }))!
  expect(phase.value).toBe('ready')
  await store.close()
  expect(phase.value).toBe('closed')
  scope.stop()
})
