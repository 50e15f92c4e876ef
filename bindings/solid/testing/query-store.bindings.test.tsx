import type { Store } from '@livefold/core'
import { StoreProvider, useQuery, useQueryStore } from '@livefold/solid'
import { createEffect, createSignal, For, Suspense } from 'solid-js'
import { render } from 'solid-js/web'
import { afterEach, expect, it } from 'vitest'
import { stageElement } from '../../testing/page.ts'
import { events, notes, openNotes } from './notes.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A list of notes by rank; `made` and `shown` log rows made and texts written. */
function list(store: Store, query: () => typeof all | undefined = () => all) {
  const made: string[] = []
  const shown: string[] = []
  const root = stageElement()
  function Rows() {
    const rows = useQueryStore(query)
    return (
      <For each={rows}>
        {(row) => {
          made.push(row.id)
          const text = () => {
            shown.push(row.body)
            return row.body
          }
          return <li>{text()}</li>
        }}
      </For>
    )
  }
  ends.push(
    render(
      () => (
        <StoreProvider store={store}>
          <Rows />
        </StoreProvider>
      ),
      root,
    ),
  )
  return { made, shown, texts: () => [...root.querySelectorAll('li')].map((item) => item.textContent) }
}

const all = notes.orderBy('rank')

it('an update writes one path: no row is made again, one text is written', async () => {
  const store = await openNotes()
  for (const [rank, id] of ['a', 'b', 'c'].entries()) store.commit(events.put({ id, body: id, rank }))
  const { made, shown, texts } = list(store)
  expect([made, shown]).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ])
  store.commit(events.put({ id: 'b', body: 'B', rank: 1 }))
  expect([made.length, shown.slice(3), texts()]).toEqual([3, ['B'], ['a', 'B', 'c']])
  store.commit(events.put({ id: 'c', body: 'c', rank: 2.5 }))
  expect(shown.length).toBe(4)
})

it('rows that move, come and go in one commit', async () => {
  const store = await openNotes()
  for (const [rank, id] of ['a', 'b', 'c', 'd'].entries()) store.commit(events.put({ id, body: id, rank }))
  const { made, texts } = list(store)
  store.commit(
    events.put({ id: 'a', body: 'A', rank: 9 }),
    events.gone({ id: 'c' }),
    events.put({ id: 'e', body: 'e', rank: -1 }),
  )
  expect([texts(), made.slice(4)]).toEqual([['e', 'b', 'd', 'A'], ['e']])
})

it('never writes into what other readers share', async () => {
  const store = await openNotes()
  store.commit(events.put({ id: 'a', body: 'a', rank: 0 }))
  const before = store.query(all)
  list(store)
  store.commit(events.put({ id: 'a', body: 'changed', rank: 0 }))
  expect([before[0]?.body, store.query(all)[0]?.body]).toEqual(['a', 'changed'])
})

it('another query, nothing, and back', async () => {
  const store = await openNotes()
  for (const [rank, id] of ['a', 'b', 'c'].entries()) store.commit(events.put({ id, body: id, rank }))
  const [wanted, setWanted] = createSignal<typeof all | undefined>(all)
  const { texts } = list(store, wanted)
  setWanted(() => notes.where('rank', '>', 0).orderBy('rank'))
  expect(texts()).toEqual(['b', 'c'])
  store.commit(events.put({ id: 'd', body: 'd', rank: 0.5 }))
  expect(texts()).toEqual(['d', 'b', 'c'])
  setWanted(undefined)
  expect(texts()).toEqual([])
  setWanted(all)
  expect(texts()).toEqual(['a', 'd', 'b', 'c'])
})

it('commits inside a batch of Solid arrive whole', async () => {
  const { batch } = await import('solid-js')
  const store = await openNotes()
  const { texts } = list(store)
  batch(() => {
    store.commit(events.put({ id: 'a', body: 'a', rank: 0 }))
    store.commit(events.put({ id: 'b', body: 'b', rank: 1 }))
    store.commit(events.put({ id: 'a', body: 'A', rank: 2 }))
  })
  expect(texts()).toEqual(['b', 'A'])
})

it('what an effect throws without a boundary goes to the console, and not to whoever committed', async () => {
  const store = await openNotes()
  const unhandled: unknown[] = []
  const hear = (event: PromiseRejectionEvent) => {
    event.preventDefault()
    event.stopImmediatePropagation()
    unhandled.push(event.reason)
  }
  addEventListener('unhandledrejection', hear, { capture: true })
  function Broken() {
    const count = useQuery(notes.count())
    createEffect(() => {
      if (count() === 1) throw new Error('mine')
    })
    return <>{count()}</>
  }
  const view = () => (
    <StoreProvider store={store}>
      <Broken />
    </StoreProvider>
  )
  ends.push(render(view, stageElement()))
  store.commit(events.put({ id: 'a', body: 'a', rank: 0 }))
  await expect.poll(() => unhandled.map(String)).toEqual(['Error: mine'])
  removeEventListener('unhandledrejection', hear, { capture: true })
  store.commit(events.put({ id: 'b', body: 'b', rank: 0 }))
  expect(store.query(notes.count())).toBe(2)
})

it('a promise of a store suspends the nearest Suspense', async () => {
  const opening = openNotes()
  const root = stageElement()
  function Count() {
    return <p>{useQueryStore(all).length} notes</p>
  }
  ends.push(
    render(
      () => (
        <Suspense fallback={<p>Opening</p>}>
          <StoreProvider store={opening}>
            <Count />
          </StoreProvider>
        </Suspense>
      ),
      root,
    ),
  )
  expect(root.textContent).toBe('Opening')
  await opening
  await expect.poll(() => root.textContent).toBe('0 notes')
})
