import { inspect } from '../../store/inspect.ts'
import { todoEvents, todos } from '../todo-schema.ts'
import type { Expect, Scenario } from './binding.ts'
import { live, put, rename } from './binding-stage.ts'

const byTitle = todos.orderBy('title')
const byRank = todos.orderBy('rank')
const done = (value: boolean) => todos.where({ done: value }).orderBy('title')
const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(4, '0')}`)

/** Lists: mounted, updated, given other queries, unmounted. */
export function bindingLists(scenario: Scenario, expect: Expect): void {
  scenario('a mounted list shows the rows in order', async (stage) => {
    const store = await stage.open('b', 'a', 'c')
    const shown = stage.show({ view: 'list', store, query: byTitle })
    await shown.flush()
    expect(shown.rows).toEqual(['a', 'b', 'c'])
    expect(shown.log.rows).toEqual(['a', 'b', 'c'])
  })

  scenario('an empty list is a list, not nothing', async (stage) => {
    const store = await stage.open()
    const shown = stage.show({ view: 'list', store, query: byTitle })
    await shown.flush()
    expect([shown.rows, shown.kinds]).toEqual([[], []])
  })

  scenario('a commit is in the page at the framework’s next update: insert, update, delete', async (stage) => {
    const store = await stage.open('a', 'c')
    const shown = stage.show({ view: 'list', store, query: byTitle })
    await shown.flush()
    put(store, 'b')
    await shown.flush()
    expect(shown.rows).toEqual(['a', 'b', 'c'])
    rename(store, 'b', 'bb')
    await shown.flush()
    expect(shown.rows).toEqual(['a', 'bb', 'c'])
    store.commit(todoEvents.todoDone({ id: 'a', done: true }), todoEvents.doneCleared({}))
    await shown.flush()
    expect(shown.rows).toEqual(['bb', 'c'])
  })

  scenario('rows that move keep their elements', async (stage) => {
    const store = await stage.open()
    const rank = (id: string, rank: number) => todoEvents.todoPut({ id, title: id, rank })
    store.commit(rank('a', 1), rank('b', 2), rank('c', 3))
    const shown = stage.show({ view: 'list', store, query: byRank })
    await shown.flush()
    const [a, b, c] = shown.items
    store.commit(rank('c', 0))
    await shown.flush()
    expect(shown.rows).toEqual(['c', 'a', 'b'])
    expect([shown.items[1] === a, shown.items[2] === b, c !== undefined]).toEqual([true, true, true])
  })

  scenario('QRY-2 nothing is rendered for a change that does not concern the list', async (stage) => {
    const store = await stage.open('a')
    const shown = stage.show({ view: 'list', store, query: done(false) })
    await shown.flush()
    const before = shown.log.rows.length
    store.commit(todoEvents.counted({ id: 1, by: 1 }))
    store.commit(todoEvents.draftPut({ key: 'x', value: 1 }))
    rename(store, 'a', 'a')
    await shown.flush()
    expect(shown.log.rows.length).toBe(before)
  })

  scenario('QRY-2 1,000 rows, one changed: exactly one row is updated', async (stage) => {
    const store = await stage.open(...named('t', 1_000))
    const shown = stage.show({ view: 'list', store, query: byTitle })
    await shown.flush()
    expect(shown.log.rows.length).toBe(1_000)
    rename(store, 't0500', 't0500 changed')
    await shown.flush()
    expect(shown.log.rows.slice(1_000)).toEqual(['t0500'])
    expect(shown.rows[500]).toBe('t0500 changed')
  })

  scenario(
    '1,000 rows, one more in the middle: exactly one row is made, the others keep their elements',
    async (stage) => {
      const store = await stage.open(...named('t', 1_000))
      const shown = stage.show({ view: 'list', store, query: byTitle })
      await shown.flush()
      const items = shown.items
      put(store, 't0500 and a half')
      await shown.flush()
      expect(shown.log.rows.slice(1_000)).toEqual(['t0500 and a half'])
      expect(shown.items.filter((item) => !items.includes(item)).length).toBe(1)
    },
  )

  scenario('another argument shows another result at once, and the first query is let go', async (stage) => {
    const store = await stage.open('a', 'b', 'c')
    store.commit(todoEvents.todoDone({ id: 'b', done: true }))
    const shown = stage.show({ view: 'list', store, query: done(false) })
    await shown.flush()
    expect(shown.rows).toEqual(['a', 'c'])
    const setting = shown.set({ query: done(true) })
    expect(shown.kinds).toEqual([])
    await setting
    expect([shown.rows, shown.kinds]).toEqual([['b'], []])
    await shown.until(() => live(store) === 1)
    store.commit(todoEvents.todoDone({ id: 'c', done: true }))
    await shown.flush()
    expect(shown.rows).toEqual(['b', 'c'])
  })

  scenario('an argument of an equal query changes nothing', async (stage) => {
    const store = await stage.open('a', 'b')
    const shown = stage.show({ view: 'list', store, query: done(false) })
    await shown.flush()
    const items = shown.items
    await shown.set({ query: done(false) })
    expect(shown.log.rows).toEqual(['a', 'b'])
    expect(shown.items.every((item, place) => item === items[place])).toBe(true)
  })

  scenario('an argument that changes many times before the next update: the last one counts', async (stage) => {
    const store = await stage.open('a', 'b', 'c')
    const shown = stage.show({ view: 'list', store, query: byTitle })
    await shown.flush()
    const changes = ['a', 'b', 'c', 'b'].map((title) => shown.set({ query: todos.where({ title }) }))
    await Promise.all(changes)
    expect(shown.rows).toEqual(['b'])
    await shown.until(() => live(store) === 1)
  })

  scenario('an argument that becomes nothing shows nothing, and comes back', async (stage) => {
    const store = await stage.open('a')
    const shown = stage.show({ view: 'list', store, query: byTitle })
    await shown.flush()
    for (const nothing of [undefined, null, false]) {
      await shown.set({ query: nothing })
      expect([shown.kinds, shown.rows]).toEqual([['nothing'], []])
    }
    await shown.until(() => live(store) === 0)
    put(store, 'b')
    await shown.set({ query: byTitle })
    expect([shown.kinds, shown.rows]).toEqual([[], ['a', 'b']])
    put(store, 'c')
    await shown.flush()
    expect(shown.rows).toEqual(['a', 'b', 'c'])
  })

  scenario('a view that begins with nothing', async (stage) => {
    const store = await stage.open('a')
    const shown = stage.show({ view: 'list', store })
    await shown.flush()
    expect(shown.kinds).toEqual(['nothing'])
    await shown.set({ query: byTitle })
    expect(shown.rows).toEqual(['a'])
  })

  scenario('BND-1 unmounted, nothing of the view is left', async (stage) => {
    const store = await stage.open('a')
    const shown = stage.show({ view: 'list', store, query: byTitle })
    await shown.flush()
    expect(live(store)).toBe(1)
    shown.unmount()
    await shown.until(() => live(store) === 0)
    put(store, 'b')
    expect(shown.log.rows).toEqual(['a'])
  })

  scenario('BND-1 mounted and unmounted twenty times, as hot reload does', async (stage) => {
    const store = await stage.open('a')
    for (let n = 0; n < 20; n++) {
      const shown = stage.show({ view: 'list', store, query: byTitle })
      await shown.flush()
      expect(shown.rows).toEqual(['a'])
      shown.unmount()
    }
    const last = stage.show({ view: 'list', store, query: byTitle })
    await last.flush()
    await last.until(() => live(store) === 1)
    put(store, 'b')
    await last.flush()
    expect(last.rows).toEqual(['a', 'b'])
  })

  scenario(
    'five views of one query: it is brought up to date once per commit, and all show the same',
    async (stage) => {
      const store = await stage.open('a')
      const views = Array.from({ length: 5 }, () => stage.show({ view: 'list', store, query: done(false) }))
      for (const view of views) await view.flush()
      const updates = () => inspect(store).reduce((sum, query) => sum + query.runs + query.patches, 0)
      const before = updates()
      put(store, 'b')
      for (const view of views) await view.flush()
      expect(updates() - before).toBe(1)
      for (const view of views) expect(view.rows).toEqual(['a', 'b'])
    },
  )

  scenario('another client’s commits come into a mounted list', async (stage) => {
    const [a, b] = await stage.clients(2)
    const shown = stage.show({ view: 'list', store: a!, query: byTitle })
    put(b!, 'x', 'y')
    await shown.until(() => shown.rows.length === 2)
    expect(shown.rows).toEqual(['x', 'y'])
  })

  scenario(
    'QRY-1 a rebase under a mounted list: the page ends as a fresh read, with no row made twice',
    async (stage) => {
      const [a, b] = await stage.clients(2)
      const shown = [a!, b!].map((store) => stage.show({ view: 'list', store, query: byTitle }))
      let rebases = 0
      for (const store of [a!, b!]) store.on('rebase', () => rebases++)
      for (let n = 0; n < 20; n++) {
        put(a!, `a${n}`)
        put(b!, `b${n}`)
        // By a predicate: it commutes with no other commit, so that one of the two has to be undone.
        a!.commit(todoEvents.doneCleared({}))
      }
      for (const view of shown) await view.until(() => view.rows.length === 40)
      await Promise.all([a!.settled(), b!.settled()])
      for (const view of shown) {
        await view.flush()
        expect(view.rows).toEqual(a!.query(byTitle).map(({ title }) => title))
      }
      expect(rebases > 0).toBe(true)
    },
  )
}
