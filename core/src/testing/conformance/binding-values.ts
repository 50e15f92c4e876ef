import { computed } from '../../query/computed-query.ts'
import { sql } from '../../sql/tagged.ts'
import { todoEvents, todos } from '../todo-schema.ts'
import type { Expect, Scenario } from './binding.ts'
import { codeOf, live, put, rename } from './binding-stage.ts'

const count = todos.count()

/** Values, computeds, effects, errors. */
export function bindingValues(scenario: Scenario, expect: Expect): void {
  scenario('a value is rendered once per change', async (stage) => {
    const store = await stage.open('a')
    const shown = stage.show({ view: 'value', store, query: count })
    await shown.flush()
    put(store, 'b')
    put(store, 'c')
    await shown.flush()
    expect([shown.texts('output'), shown.log.values.at(-1)]).toEqual([['3'], 3])
    rename(store, 'a', 'other')
    await shown.flush()
    expect(shown.log.values.filter((value) => value === 3).length).toBe(1)
  })

  scenario('a first row that comes and goes', async (stage) => {
    const store = await stage.open()
    const shown = stage.show({ view: 'value', store, query: todos.select('title').where({ id: 'a' }).first() })
    await shown.flush()
    expect(shown.texts('output')).toEqual(['undefined'])
    put(store, 'a')
    await shown.flush()
    expect(shown.texts('output')).toEqual(['{"title":"a"}'])
    store.commit(todoEvents.todoDone({ id: 'a', done: true }), todoEvents.doneCleared({}))
    await shown.flush()
    expect(shown.texts('output')).toEqual(['undefined'])
  })

  scenario('a chain of computeds renders when its end changes, and not before', async (stage) => {
    const store = await stage.open('a')
    const many = computed((get) => get(count) > 2)
    const text = computed((get) => (get(many) ? 'many' : 'few'))
    const shown = stage.show({ view: 'value', store, query: text })
    await shown.flush()
    put(store, 'b')
    await shown.flush()
    expect(shown.log.values).toEqual(['few'])
    put(store, 'c')
    await shown.flush()
    expect(shown.log.values).toEqual(['few', 'many'])
  })

  scenario('a commit while a computed evaluates is refused, and the view stands', async (stage) => {
    const store = await stage.open('a')
    const bad = computed((get) => [get(count), codeOf(() => put(store, 'x'))])
    const shown = stage.show({ view: 'value', store, query: bad })
    await shown.flush()
    expect(shown.texts('output')).toEqual(['[1,"store/reentrant"]'])
    put(store, 'b')
    await shown.flush()
    expect(shown.texts('output')).toEqual(['[2,"store/reentrant"]'])
  })

  scenario('two queries of one commit are never torn, and one effect runs once', async (stage) => {
    const store = await stage.open('a')
    const shown = stage.show({ view: 'pair', store })
    await shown.flush()
    put(store, 'b', 'c')
    await shown.flush()
    put(store, 'd')
    await shown.flush()
    expect(shown.log.pairs).toEqual([
      [1, 1],
      [3, 3],
      [4, 4],
    ])
  })

  scenario('a commit in an effect is applied, and heard by that effect', async (stage) => {
    const store = await stage.open('a')
    const shown = stage.show({ view: 'pair', store })
    await shown.flush()
    shown.log.onPair = (now) => {
      if (now < 4) put(store, `n${now}`)
    }
    put(store, 'b')
    await shown.until(() => shown.log.pairs.at(-1)?.[0] === 4)
    expect(shown.log.pairs.filter(([a, b]) => a !== b)).toEqual([])
    expect(store.query(count)).toBe(4)
  })

  scenario('SESS-1 what an event handler committed, it can read in the next line', async (stage) => {
    const store = await stage.open()
    const shown = stage.show({ view: 'form', store })
    await shown.flush()
    let after = 0
    shown.log.event = () => todoEvents.todoPut({ id: 'a', title: 'a', rank: null }) as never
    const stop = store.subscribe(count, (now) => {
      after = now
    })
    await shown.click('button[data-kind="commit"]')
    expect([after, store.query(count)]).toEqual([1, 1])
    stop()
  })

  scenario('an error of a query is shown where errors are shown, and the view can be tried again', async (stage) => {
    const store = await stage.open('a')
    const few = computed((get) => {
      if (get(count) > 1) throw new Error('too many')
      return get(count)
    })
    const shown = stage.show({ view: 'value', store, query: few })
    await shown.flush()
    expect(shown.texts('output')).toEqual(['1'])
    put(store, 'b')
    await shown.flush()
    expect([shown.kinds, shown.texts('p')]).toEqual([['error'], ['too many']])
    store.commit(todoEvents.todoDone({ id: 'a', done: true }), todoEvents.doneCleared({}))
    await shown.click('button[data-kind="retry"]')
    expect([shown.kinds, shown.texts('output')]).toEqual([[], ['1']])
  })

  scenario('a query that never worked is an error from the start; its neighbours are not touched', async (stage) => {
    const store = await stage.open('a')
    const shown = stage.show({ view: 'value', store, query: sql`select nothing from todos` })
    const other = stage.show({ view: 'value', store, query: count })
    await shown.flush()
    await other.flush()
    expect([shown.kinds, other.texts('output')]).toEqual([['error'], ['1']])
    shown.unmount()
    put(store, 'b')
    await other.flush()
    expect(other.texts('output')).toEqual(['2'])
  })

  scenario('a part of the status is rendered when it changes, and nothing else is', async (stage) => {
    const [store] = await stage.clients(1)
    const shown = stage.show({ view: 'status', store: store! })
    await shown.flush()
    put(store!, 'a')
    await shown.flush()
    expect(shown.texts('output')).toEqual(['1'])
    await store!.settled()
    await shown.until(() => shown.texts('output')[0] === '0')
    expect(shown.log.values).toEqual([0, 1, 0])
  })

  scenario('BND-1 values, effects and status leave nothing behind', async (stage) => {
    const store = await stage.open('a')
    const views = (['value', 'pair', 'status'] as const).map((view) => stage.show({ view, store, query: count }))
    for (const view of views) await view.flush()
    expect(live(store) > 0).toBe(true)
    for (const view of views) view.unmount()
    await views[0]!.until(() => live(store) === 0)
    const seen = views.map(({ log }) => [log.values.length, log.pairs.length])
    put(store, 'b')
    await store.settled()
    expect(views.map(({ log }) => [log.values.length, log.pairs.length])).toEqual(seen)
  })
}
