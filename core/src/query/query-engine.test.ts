import { effect } from '@preact/signals-core'
import { describe, expect, it, vi } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { queryDb } from '../sql/definition.ts'
import { sql } from '../sql/tagged.ts'
import { computed } from './computed-query.ts'
import { inspectionsOf } from './inspection.ts'
import { TestHost } from './testing/test-host.ts'
import { lists, open, todo, todos } from './testing/todo-engine.ts'

describe('query', () => {
  it('gives rows, a first row and a value, current after each commit', () => {
    const { host, engine } = open()
    const one = todos.where({ id: 'a' }).first()
    const count = todos.count()
    expect([engine.query(todos), engine.query(one), engine.query(count)]).toEqual([[], undefined, 0])
    host.commit(todo('a', { done: true }))
    expect(engine.query(todos)).toHaveLength(1)
    expect(engine.query(one)).toMatchObject({ id: 'a', done: true, tags: [] })
    expect(engine.query(count)).toBe(1)
    host.commit(todos.delete().where({ id: 'a' }))
    expect([engine.query(todos), engine.query(one), engine.query(count)]).toEqual([[], undefined, 0])
  })

  it('runs once until something that matters changes', () => {
    const { host, engine, runs } = open()
    host.commit(todo('a'), todo('b'))
    const list = todos.where({ id: 'a' })
    const rows = engine.query(list)
    host.commit(todos.update({ title: 'other' }).where({ id: 'b' }))
    expect(engine.query(todos.where({ id: 'a' }))).toBe(rows)
    expect(runs()).toBe(1)
  })

  it('QRY-1 watches a single row from its second read on, and reads it anew after any change before', () => {
    const { host, engine, runs } = open()
    const one = () => engine.query(todos.where({ id: 'a' }).first())
    host.commit(todo('a'), todo('b'))
    const row = one()
    expect(host.watch.columns('todos')).toEqual([])
    host.commit(todos.update({ title: 'other' }).where({ id: 'b' }))
    expect([one() === row, runs()]).toEqual([true, 2])
    host.commit(todos.update({ title: 'another' }).where({ id: 'b' }))
    expect([one() === row, runs()]).toEqual([true, 2])
    host.commit(todos.update({ title: 'mine' }).where({ id: 'a' }))
    expect([one()?.title, runs()]).toEqual(['mine', 3])
  })

  it('QRY-1 reads a single row anew when it changed, or was undone, before anyone watched', () => {
    const { host, engine } = open()
    const one = () => engine.query(todos.where({ id: 'a' }).first())
    expect(one()).toBeUndefined()
    host.commit(todo('a'))
    expect(one()?.id).toBe('a')
    const other = () => engine.query(todos.where({ id: 'a' }).orderBy('title').first())
    expect(other()?.id).toBe('a')
    host.reconcile()
    expect(other()).toBeUndefined()
    const signal = engine.signal(todos.where({ id: 'b' }).first())
    expect(signal.value).toBeUndefined()
    host.commit(todo('b'))
    expect(signal.value?.id).toBe('b')
  })

  it('shares one node between definitions of one key and keeps null, text and numbers apart', () => {
    const { host, engine } = open()
    host.commit(todo('a', { listId: null }), todo('b', { listId: 'null' }), todo('c', { listId: '1' }))
    const ids = (value: unknown) =>
      (engine.query(sql`select id from todos where +listId is ${value as string} order by id`) as { id: string }[]).map(
        ({ id }) => id,
      )
    expect([ids(null), ids('null'), ids('1'), ids(1)]).toEqual([['a'], ['b'], ['c'], []])
    ids('null')
    expect(inspectionsOf(engine)).toHaveLength(4)
  })

  it('surfaces what the access refuses', () => {
    const { engine } = open()
    for (const bad of [sql`select random()`, sql`delete from todos`, sql`select nothing from todos`]) {
      expect(() => engine.query(bad)).toThrow(expect.objectContaining({ code: 'query/invalid' }))
    }
    expect(() => engine.query('select 1')).toThrow(StoreError)
    expect(engine.evaluating).toBe(false)
  })

  it('plans a builder that changes in place anew each time', () => {
    const { host, engine } = open()
    host.commit(todo('a'), todo('b'))
    const builder = { id: 'a', toSQL: () => ({ sql: 'select id from todos where id = ?', params: [builder.id] }) }
    expect(engine.query(builder)).toEqual([{ id: 'a' }])
    builder.id = 'b'
    expect(engine.query(builder)).toEqual([{ id: 'b' }])
  })

  it('runs again after a failure of the environment that nobody observed, also for who holds its signal', () => {
    const { host, engine } = open()
    const signal = engine.signal(todos.count())
    vi.spyOn(host.driver, 'prepare').mockImplementationOnce(() => {
      throw new StoreError('storage/io', 'the disk is away')
    })
    expect(() => signal.value).toThrow('the disk is away')
    expect(engine.query(todos.count())).toBe(0)
    expect(signal.value).toBe(0)
  })

  it('recovers from a failure when the rows at fault change', () => {
    const { host, engine, reports } = open()
    host.commit(todo('a', { title: 'no json' }))
    const parsed = sql`select json_extract(title, '$.n') as n from todos`.as<{ n: number }>()
    const heard: unknown[] = []
    engine.subscribe(parsed, (rows) => heard.push(rows))
    expect(() => engine.query(parsed)).toThrow()
    expect(reports).toHaveLength(1)
    host.commit(todos.update({ title: '{"n":1}' }).where({ id: 'a' }))
    expect(heard).toEqual([[{ n: 1 }]])
    expect(engine.query(parsed)).toEqual([{ n: 1 }])
  })
})

describe('bounds and life', () => {
  it('BND-1 keeps a bounded number of unobserved queries, those used longest ago out first', () => {
    const { host, engine } = open({ cacheSize: 4 })
    const point = (id: string) => todos.where({ id })
    const stop = engine.subscribe(point('observed'), () => {})
    for (const id of ['a', 'b', 'c', 'd']) engine.query(point(id))
    engine.query(point('a'))
    engine.query(point('e'))
    expect(inspectionsOf(engine)).toHaveLength(5)
    const runsOf = () => inspectionsOf(engine).map(({ runs }) => runs)
    engine.query(point('a'))
    expect(runsOf()).toEqual([1, 1, 1, 1, 1])
    stop()
    for (let i = 0; i < 1000; i++) {
      engine.query(point(`t${i}`))
      expect(inspectionsOf(engine).length).toBeLessThanOrEqual(4)
    }
    expect(inspectionsOf(engine).length).toBeGreaterThan(1)
    engine.query(lists.where({ id: 'c' }))
    engine.query(lists)
    engine.query(lists.where({ id: 'a' }))
    engine.query(lists.where({ id: 'b' }))
    expect(host.watch.columns('todos')).toEqual([])
  })

  it('QRY-1 QRY-2 a row that was read once has no live query, and stays the same object when it gets one', () => {
    const { host, engine } = open()
    host.commit(todo('a'), todo('b'))
    const point = (id: string) => todos.where({ id }).first()
    const first = engine.query(point('a'))
    expect(inspectionsOf(engine)).toEqual([])
    expect(engine.query(point('a'))).toBe(first)
    expect(inspectionsOf(engine)).toMatchObject([{ runs: 1 }])
    const other = engine.query(point('b'))
    host.commit(todos.update({ title: 'new' }).where({ id: 'a' }))
    expect(engine.query(point('a'))).toEqual({ ...first, title: 'new' })
    expect(engine.query(point('b'))).toBe(other)
    const heard: unknown[] = []
    const none = engine.query(point('c'))
    host.commit(todo('c'))
    const stop = engine.subscribe(point('c'), (row) => heard.push(row))
    expect([none, heard]).toEqual([undefined, [engine.query(point('c'))]])
    stop()
  })

  it('QRY-1 QRY-2 a short list that was read once has no live query, and gets one when it is read again', () => {
    const { host, engine } = open()
    host.commit(...Array.from({ length: 9 }, (_, i) => todo(`t${i}`, { rank: i })))
    const short = (rank: number, limit = 5) => todos.where('rank', '>=', rank).orderBy('rank').limit(limit)
    const first = engine.query(short(0))
    engine.query(short(0, 1_001))
    expect(inspectionsOf(engine)).toMatchObject([{ runs: 1, maintained: true }])
    expect(engine.query(short(0))).toBe(first)
    expect(inspectionsOf(engine)).toHaveLength(2)
    // Others have taken the place of what was kept of each.
    for (let i = 0; i < 60; i++) engine.query(short(-i))
    for (let i = 1; i < 60; i++) expect(engine.query(short(-i))).toEqual(first)
    expect(inspectionsOf(engine).length).toBeGreaterThan(50)
    const once = engine.query(short(4))
    host.commit(todos.update({ title: 'new' }).where({ id: 't8' }))
    const later = engine.query(short(4))
    expect(later.map((row, i) => row === once[i])).toEqual([true, true, true, true, false])
    host.commit(todos.delete().where({ id: 't8' }))
    expect(engine.query(short(4))).toEqual(later.slice(0, 4))
  })

  it('BND-1 forgets rows that were read once when others come, and all of them with the store', () => {
    const { host, engine } = open({ cacheSize: 4 })
    host.commit(...Array.from({ length: 100 }, (_, i) => todo(`t${i}`)))
    const read = () => Array.from({ length: 100 }, (_, i) => engine.query(todos.where({ id: `t${i}` }).first()))
    const before = read()
    const kept = read().filter((row, i) => row === before[i])
    expect(kept.length).toBeLessThanOrEqual(4)
    engine.close()
    expect(() => read()).toThrow(expect.objectContaining({ code: 'store/closed' }))
  })

  it('BND-1 keeps a bounded number of rows for unobserved queries, and what one big list needs', () => {
    const { host, engine } = open({ cacheRows: 40 })
    host.commit(...Array.from({ length: 10 }, (_, i) => todo(`t${i}`, { rank: i })))
    const from = (rank: number) => todos.where('rank', '>=', rank).orderBy('rank')
    const stop = engine.subscribe(from(-1), () => {})
    const kept = () => inspectionsOf(engine).length
    for (let i = 0; i < 50; i++) {
      engine.query(from(-2 - i))
      // Two generations of twenty rows, and one list beyond in each; the observed one counts for itself.
      expect(kept()).toBeLessThanOrEqual(7)
    }
    expect(kept()).toBeGreaterThan(4)
    stop()
    for (let i = 0; i < 50; i++) engine.query(from(100 + i))
    expect(kept()).toBeGreaterThan(50)
    // Grown where it lies, read again and again: it stays.
    const list = engine.query(from(0))
    expect(list).toHaveLength(10)
    host.commit(...Array.from({ length: 90 }, (_, i) => todo(`u${i}`, { rank: 10 + i })))
    const grown = engine.query(from(0))
    for (let i = 0; i < 5; i++) {
      engine.query(from(-2 - i))
      expect(engine.query(from(0))).toBe(grown)
    }
  })

  it('BND-1 a signal of a dropped query stays fresh, also for who observes it later', () => {
    const { host, engine } = open({ cacheSize: 1 })
    const count = engine.signal(todos.count())
    expect(count.value).toBe(0)
    for (const id of ['a', 'b']) engine.query(lists.where({ id }))
    host.commit(todo('a'))
    expect(count.value).toBe(1)
    engine.query(lists)
    const heard: number[] = []
    const stop = effect(() => {
      heard.push(count.value)
    })
    host.commit(todo('b'))
    engine.query(lists)
    host.commit(todo('c'))
    stop()
    expect(heard).toEqual([1, 2, 3])
    const sum = computed((get) => get(todos.count()) + get(lists.count()))
    host.commit(todo('d'))
    expect(engine.query(sum)).toBe(4)
    host.commit(lists.insert({ id: 'l', name: 'l' }))
    expect(engine.query(sum)).toBe(5)
    expect(inspectionsOf(engine)).toHaveLength(1)
  })

  it('moves to another host and tells only of real changes', () => {
    const { host, engine, runs } = open()
    host.commit(todo('a'), todo('b'))
    const same = vi.fn()
    const other = vi.fn()
    engine.subscribe(todos.where({ id: 'a' }).first(), same, { immediate: false })
    engine.subscribe(todos.where({ id: 'b' }).first(), other, { immediate: false })
    const next = new TestHost([todos, lists])
    next.commit(todo('a'), todo('b', { rank: 7 }))
    engine.rebind(next)
    expect([same.mock.calls.length, other.mock.calls.length, runs()]).toEqual([0, 1, 4])
    host.commit(todos.update({ rank: 1 }).where({ id: 'a' }))
    expect(same).not.toHaveBeenCalled()
    expect([host.onChange, host.watch.columns('todos')]).toEqual([null, []])
    next.commit(todos.update({ rank: 1 }).where({ id: 'a' }))
    expect(same).toHaveBeenCalledTimes(1)
  })

  it('times runs when it is given a clock', () => {
    let time = 0
    const { engine } = open({ now: () => (time += 5) })
    engine.query(queryDb(todos.count(), { label: 'n' }))
    expect(inspectionsOf(engine)).toEqual([
      {
        label: 'n',
        sql: expect.stringContaining('count'),
        runs: 1,
        subscribers: 0,
        observed: false,
        lastDurationMs: 5,
        maintained: true,
        patches: 0,
      },
    ])
  })

  it('BND-1 close ends everything', () => {
    const { host, engine } = open()
    const listener = vi.fn()
    const stop = engine.subscribe(todos.count(), listener, { immediate: false })
    const unread = engine.signal(lists)
    engine.close()
    engine.close()
    stop()
    host.commit(todo('a'))
    expect(listener).not.toHaveBeenCalled()
    expect([host.onChange, host.watch.columns('todos'), inspectionsOf(engine)]).toEqual([null, [], []])
    const closed = expect.objectContaining({ code: 'store/closed' })
    expect(() => engine.query(todos.count())).toThrow(closed)
    expect(() => engine.subscribe(todos, () => {})).toThrow(closed)
    expect(() => engine.signal(todos)).toThrow(closed)
    expect(() => engine.rebind(host)).toThrow(closed)
    expect(() => unread.value).toThrow(closed)
  })

  it('can be closed by a listener', () => {
    const { host, engine } = open()
    const heard: number[] = []
    engine.subscribe(todos.count(), (n) => {
      heard.push(n)
      if (n === 1) engine.close()
    })
    engine.subscribe(todos.count(), () => heard.push(-1), { immediate: false })
    host.commit(todo('a'))
    host.commit(todo('b'))
    expect(heard).toEqual([0, 1])
  })
})
