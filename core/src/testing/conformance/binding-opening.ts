import { deferred } from '../../base/deferred.ts'
import { StoreError } from '../../base/errors.ts'
import type { Store } from '../../store/store.ts'
import { todoEvents, todos } from '../todo-schema.ts'
import type { Expect, Scenario } from './binding.ts'
import { live, put } from './binding-stage.ts'

const byTitle = todos.orderBy('title')
const make = (title: string) => () => todoEvents.todoPut({ id: title, title, rank: null }) as never

/** Stores that come late, never, twice, or in place of another. */
export function bindingOpening(scenario: Scenario, expect: Expect): void {
  scenario('slow opening: loading, then the rows', async (stage) => {
    const store = await stage.open('a')
    const coming = deferred<Store>()
    const shown = stage.show({ view: 'list', store: coming.promise, query: byTitle })
    await shown.flush()
    expect([shown.kinds, shown.rows]).toEqual([['loading'], []])
    coming.resolve(store)
    await shown.until(() => shown.rows.length === 1)
    expect([shown.kinds, shown.rows]).toEqual([[], ['a']])
    put(store, 'b')
    await shown.flush()
    expect(shown.rows).toEqual(['a', 'b'])
  })

  scenario('a store that is there is shown without loading', async (stage) => {
    const store = await stage.open('a')
    const shown = stage.show({ view: 'list', store, query: byTitle })
    expect(shown.kinds).toEqual([])
    await shown.flush()
    expect(shown.kinds).toEqual([])
  })

  scenario('failed opening: the error is shown', async (stage) => {
    const coming = deferred<Store>()
    const shown = stage.show({ view: 'list', store: coming.promise, query: byTitle })
    await shown.flush()
    coming.reject(new StoreError('storage/full', 'no room for a store'))
    await shown.until(() => shown.kinds.includes('error'))
    expect([shown.kinds, shown.texts('p')]).toEqual([['error'], ['no room for a store']])
  })

  scenario('unmounted while the store opens: nothing is left, nothing is thrown', async (stage) => {
    const store = await stage.open('a')
    const coming = deferred<Store>()
    const shown = stage.show({ view: 'list', store: coming.promise, query: byTitle })
    await shown.flush()
    shown.unmount()
    coming.resolve(store)
    await coming.promise
    await shown.until(() => live(store) === 0)
    expect(shown.log.rows).toEqual([])
  })

  scenario('useStore commits to the provided store', async (stage) => {
    const store = await stage.open()
    const shown = stage.show({ view: 'form', store })
    await shown.flush()
    shown.log.event = make('clicked')
    await shown.click('button[data-kind="commit"]')
    expect(store.query(byTitle).map(({ id }) => id)).toEqual(['clicked'])
  })

  scenario('store swap: the view shows the other store, and lets go of the first', async (stage) => {
    const [a, b] = [await stage.open('a'), await stage.open('b')]
    const shown = stage.show({ view: 'list', store: a, query: byTitle })
    await shown.flush()
    await shown.set({ store: b })
    await shown.until(() => shown.rows[0] === 'b')
    await shown.until(() => live(a) === 0 && live(b) === 1)
    put(a, 'a2')
    put(b, 'b2')
    await shown.flush()
    expect(shown.rows).toEqual(['b', 'b2'])
  })

  scenario('store swap: commits go to the store that is provided when they are made', async (stage) => {
    const [a, b] = [await stage.open(), await stage.open()]
    const shown = stage.show({ view: 'form', store: a })
    await shown.flush()
    await shown.set({ store: b })
    shown.log.event = make('after')
    await shown.click('button[data-kind="commit"]')
    expect([a.query(byTitle).length, b.query(byTitle).length]).toEqual([0, 1])
  })

  scenario('store swap to one that still opens', async (stage) => {
    const [a, b] = [await stage.open('a'), await stage.open('b')]
    const coming = deferred<Store>()
    const shown = stage.show({ view: 'list', store: a, query: byTitle })
    await shown.flush()
    await shown.set({ store: coming.promise })
    coming.resolve(b)
    await shown.until(() => shown.rows[0] === 'b')
    expect(shown.kinds).toEqual([])
    await shown.until(() => live(a) === 0)
  })

  scenario('a store that is closed under a view: the page keeps what it shows', async (stage) => {
    const store = await stage.open('a')
    const shown = stage.show({ view: 'list', store, query: byTitle })
    await shown.flush()
    await store.close()
    await shown.flush()
    expect([shown.kinds, shown.rows]).toEqual([[], ['a']])
    shown.unmount()
  })

  for (const view of ['stores', 'contexts'] as const) {
    scenario(`two stores in one app (${view})`, async (stage) => {
      const [own, other] = [await stage.open('a'), await stage.open('b', 'c')]
      const shown = stage.show({ view, store: own, other })
      const counts = () => [shown.texts('output[data-of="own"]'), shown.texts('output[data-of="other"]')]
      await shown.flush()
      expect(counts()).toEqual([['1'], ['2']])
      put(other, 'd')
      await shown.flush()
      expect(counts()).toEqual([['1'], ['3']])
      put(own, 'e')
      await shown.flush()
      expect(counts()).toEqual([['2'], ['3']])
      shown.unmount()
      await shown.until(() => live(own) === 0 && live(other) === 0)
    })
  }
}
