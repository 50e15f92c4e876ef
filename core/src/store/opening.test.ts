import { expect, it } from 'vitest'
import { deferred } from '../base/deferred.ts'
import { StoreError } from '../base/errors.ts'
import type { Wait } from '../protocol/leader-messages.ts'
import { computed } from '../query/computed-query.ts'
import { open, todo, todos } from '../query/testing/todo-engine.ts'
import { defineSchema } from '../schema/schema.ts'
import type { Adapter } from './adapter.ts'
import { createStore } from './create-store.ts'
import { dehydrate } from './dehydrate.ts'
import { openingOf } from './opening.ts'
import { StatusSignals } from './status.ts'
import type { Store } from './store.ts'
import { openingView, statusView } from './store-view.ts'

/** What an opening sees of a store, over real queries and a real status. */
function storeWith(...titles: string[]) {
  const { host, engine } = open()
  for (const title of titles) host.commit(todo(title, { title }))
  const status = new StatusSignals()
  const store = { queries: engine, query: (query: unknown) => engine.query(query), status } as unknown as Store
  return { host, engine, store, status }
}

const titles = todos.select('title').orderBy('title')
const empty = defineSchema({ version: 1, tables: {}, events: {}, materializers: {} })
const shout = computed((get) =>
  get(titles)
    .map(({ title }) => title.toUpperCase())
    .join(),
)

it('a store that is there is ready at once, and the same opening for all who are given it', () => {
  const { store } = storeWith('a')
  const opening = openingOf(store)
  expect(opening.current).toEqual({ state: 'ready', store, error: null })
  expect(openingOf(store)).toBe(opening)
  expect(opening.observe(shout).current).toBe('A')
})

it('a promise is loading, then ready: observers hear of their first value', async () => {
  const { store, host } = storeWith('a')
  const coming = deferred<Store>()
  const opening = openingOf(coming.promise)
  const observer = opening.observe(shout)
  const heard: unknown[] = []
  observer.subscribe(() => heard.push(observer.current))
  expect(opening.current.state).toBe('loading')
  expect([observer.ready, opening.observe(undefined).ready]).toEqual([false, true])
  expect(() => observer.current).toThrow(expect.objectContaining({ code: 'store/opening' }))
  expect(() => opening.store).toThrow(expect.objectContaining({ code: 'store/opening' }))
  coming.resolve(store)
  await opening.ready
  expect([opening.current.state, opening.store, heard]).toEqual(['ready', store, ['A']])
  host.commit(todo('b', { title: 'b' }))
  expect(heard).toEqual(['A', 'A,B'])
})

it('a store that cannot be opened is an error for all, without an unhandled rejection', async () => {
  const error = new StoreError('storage/full', 'no room')
  const opening = openingOf(Promise.reject(error))
  const observer = opening.observe(shout)
  let heard = 0
  observer.subscribe(() => heard++)
  await opening.ready.catch(() => {})
  expect([opening.current.state, opening.current.error, heard]).toEqual(['error', error, 1])
  expect(() => observer.current).toThrow(error)
  const other = openingOf(Promise.reject(new TypeError('no worker')))
  await other.ready.catch(() => {})
  expect(other.current.error).toMatchObject({ code: 'storage/io', cause: expect.any(TypeError) })
})

it('a value from the server is shown until the store’s own first result, and no longer', async () => {
  const server = storeWith('from the server')
  const state = JSON.parse(JSON.stringify(dehydrate(server.store, [shout])))
  const { store } = storeWith('own')
  const coming = deferred<Store>()
  const opening = openingOf(coming.promise, { hydrate: state })
  const observer = opening.observe<unknown>(undefined)
  observer.look(shout)
  const heard: unknown[] = []
  observer.subscribe(() => heard.push(observer.current))
  expect(observer.current).toBe('FROM THE SERVER')
  expect(opening.observe(titles).current).toEqual([{ title: 'from the server' }])
  expect(opening.observe(todos.count()).ready).toBe(false)
  observer.stand()
  expect(heard).toEqual([])
  coming.resolve(store)
  await opening.ready
  expect([observer.current, heard]).toEqual(['OWN', ['OWN']])
  observer.look(computed((get) => get(titles).length))
  expect(observer.current).toBe(1)
  expect(opening.observe(shout).current).toBe('OWN')
})

it('with a store that is there the server’s value stays until the view stands', () => {
  const server = storeWith('from the server')
  const { store } = storeWith('own')
  const opening = openingOf(store, { hydrate: dehydrate(server.store, [shout]) })
  const observer = opening.observe(shout)
  const heard: unknown[] = []
  observer.subscribe(() => heard.push(observer.current))
  expect(observer.current).toBe('FROM THE SERVER')
  observer.stand()
  expect([observer.current, heard]).toEqual(['OWN', ['OWN']])
})

it('QRY-2 rows that the store has as the server sent them stay the same objects', () => {
  const server = storeWith('a', 'b')
  const { store } = storeWith('a', 'c')
  const observer = openingOf(store, { hydrate: dehydrate(server.store, [titles]) }).observe(titles)
  observer.subscribe(() => {})
  const served = observer.current
  observer.stand()
  expect(observer.current).toEqual([{ title: 'a' }, { title: 'c' }])
  expect(observer.current[0]).toBe(served[0])
})

it('ISO-1 two servers’ states keep apart, and values of equal results are not told again', () => {
  const [a, b] = [storeWith('a'), storeWith('b')]
  const [forA, forB] = [openingOf(a.store, { hydrate: dehydrate(a.store, [shout]) }), openingOf(b.store)]
  const observer = forA.observe(shout)
  let heard = 0
  observer.subscribe(() => heard++)
  observer.stand()
  expect([observer.current, forB.observe(shout).current, heard]).toEqual(['A', 'B', 0])
})

it('a status view shows what it selected, of the store that it looks at', async () => {
  const { store, status } = storeWith()
  const coming = deferred<Store>()
  const opening = openingOf(coming.promise)
  const view = statusView(opening, ({ phase, pending }) => ({ phase, busy: pending > 0 }))
  const heard: unknown[] = []
  const stop = view.subscribe(() => heard.push(view.current))
  expect(view.current).toEqual({ phase: 'starting', busy: false })
  coming.resolve(store)
  await opening.ready
  status.phase.value = 'ready'
  for (const pendingEvents of [1, 2]) status.fromSession({ pendingEvents, head: 0, epoch: 0, waitingSince: null })
  status.connection.value = 'online'
  expect(heard).toEqual([
    { phase: 'ready', busy: false },
    { phase: 'ready', busy: true },
  ])
  const state = openingView(opening)
  const states: unknown[] = []
  state.subscribe(() => states.push(state.current.state))
  view.look(openingOf(storeWith().store))
  const failing = deferred<Store>()
  state.look(openingOf(failing.promise))
  expect([state.current.state, states]).toEqual(['loading', []])
  failing.reject(new Error('none'))
  await failing.promise.catch(() => {})
  expect(states).toEqual(['error'])
  expect([view.current, heard.length]).toEqual([{ phase: 'starting', busy: false }, 2])
  stop()
  status.phase.value = 'closed'
  expect(heard).toHaveLength(2)
})

it('a status view shows what a store that createStore has promised waits for', async () => {
  const stuck: Wait = { code: 'storage', detail: 'room on the disk', since: 0 }
  let tell!: StatusSignals
  const adapter: Adapter = { connect: () => new Promise(() => {}), delete: async () => {} }
  const promised = createStore({
    schema: empty,
    storeId: 's',
    adapter,
    onOpening: (status) => (tell = status as StatusSignals),
  })
  const view = statusView(openingOf(promised), ({ waits, rebuild }) => ({ waits, rebuild }))
  const heard: unknown[] = []
  view.subscribe(() => heard.push(view.current))
  expect(view.current).toEqual({ waits: [], rebuild: null })
  tell.waits.value = [stuck]
  tell.rebuild.value = 0.5
  expect(heard).toEqual([
    { waits: [stuck], rebuild: null },
    { waits: [stuck], rebuild: 0.5 },
  ])
})
