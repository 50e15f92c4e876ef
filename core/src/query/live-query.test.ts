import { describe, expect, it, vi } from 'vitest'
import { integer, real, text } from '../schema/column.ts'
import { table } from '../schema/table.ts'
import { sql } from '../sql/tagged.ts'
import { inspectionsOf } from './inspection.ts'
import { QueryEngine } from './query-engine.ts'
import { queryParts } from './testing/query-parts.ts'
import { TestHost } from './testing/test-host.ts'
import { lists, open, todo, todos } from './testing/todo-engine.ts'

describe('the code that maintains lists is loaded later', () => {
  it('QRY-1 QRY-2 a list is run again until it is there, and patched from then on; what was shown stays the same objects', () => {
    let loaded = false
    const { host, engine } = open({ parts: () => (loaded ? queryParts : null) })
    const list = todos.orderBy('rank')
    const heard: number[] = []
    engine.subscribe(list, (rows) => heard.push(rows.length))
    const stand = () => inspectionsOf(engine).map(({ runs, patches, maintained }) => [runs, patches, maintained])
    host.commit(todo('a'), todo('b', { rank: 1 }))
    expect(stand()).toEqual([[2, 0, false]])
    const [a] = engine.query(list)
    loaded = true
    host.commit(todo('c', { rank: 2 }))
    host.commit(todo('d', { rank: 3 }))
    expect(stand()).toEqual([[3, 1, true]])
    expect(engine.query(list)[0]).toBe(a)
    expect(heard).toEqual([0, 2, 3, 4])
  })
})

describe('the row of a key', () => {
  it('QRY-1 QRY-2 is made of what changes tell, without SQL; what did not change in it stays the same', () => {
    const { host, engine } = open()
    host.commit(todo('mine'), todo('other'))
    const mine = todos.where({ id: 'mine' }).first()
    const heard: unknown[] = []
    engine.subscribe(mine, (row) => heard.push(row))
    const first = engine.query(mine)
    host.commit(todos.update({ title: 'new' }).where({ id: 'mine' }))
    expect(engine.query(mine)).toEqual({ ...first, title: 'new' })
    expect(engine.query(mine)?.tags).toBe(first?.tags)
    host.commit(todos.delete().where({ id: 'mine' }))
    host.commit(todos.delete().where({ id: 'other' }))
    host.commit(todo('mine'))
    expect(engine.query(mine)).toEqual(first)
    expect(heard).toEqual([first, { ...first, title: 'new' }, undefined, first])
    expect(inspectionsOf(engine).map(({ runs, patches, maintained }) => [runs, patches, maintained])).toEqual([
      [1, 3, true],
    ])
  })

  it('QRY-1 QRY-2 is not made by an update of a row that is not there, nor brought back by one after its end', () => {
    const { host, engine } = open()
    const title = todos.where({ id: 'mine' }).select('title').first()
    const rename = (to: string) => host.commit(todos.update({ title: to }).where({ id: 'mine' }))
    const heard: unknown[] = []
    engine.subscribe(title, (row) => heard.push(row))
    rename('too early')
    host.commit(todo('mine'))
    rename('in time')
    host.commit(todos.delete().where({ id: 'mine' }), todos.update({ title: 'too late' }).where({ id: 'mine' }))
    rename('later still')
    expect(heard).toEqual([undefined, { title: 'title mine' }, { title: 'in time' }, undefined])
    expect(host.partial).toBe(3)
  })

  it('QRY-1 QRY-2 takes up several updates at once when it is read late', () => {
    const { host, engine } = open()
    host.commit(todo('mine'))
    const mine = todos.where({ id: 'mine' }).first()
    engine.query(mine)
    const first = engine.query(mine)
    host.commit(todos.update({ title: 'new' }).where({ id: 'mine' }))
    host.commit(todos.update({ rank: 7 }).where({ id: 'mine' }))
    const second = engine.query(mine)
    expect(second).toEqual({ ...first, title: 'new', rank: 7 })
    host.commit(todos.update({ rank: 8 }).where({ id: 'mine' }))
    host.commit(todos.update({ rank: 7 }).where({ id: 'mine' }))
    expect(engine.query(mine)).toBe(second)
  })

  it('QRY-1 is run again when another condition stands beside the key', () => {
    const { host, engine } = open()
    host.commit(todo('mine'))
    engine.subscribe(todos.where({ id: 'mine', rank: 0 }).first(), () => {})
    host.commit(todos.update({ rank: 1 }).where({ id: 'mine' }))
    expect(engine.query(todos.where({ id: 'mine', rank: 0 }).first())).toBeUndefined()
    expect(inspectionsOf(engine)).toMatchObject([{ maintained: false, patches: 0, runs: 2 }])
  })
})

describe('news', () => {
  it('QRY-2 ten changes of unrelated rows wake a row’s subscriber zero times', () => {
    const { host, engine, runs } = open()
    host.commit(todo('mine'), ...Array.from({ length: 10 }, (_, i) => todo(`other ${i}`)))
    const listener = vi.fn()
    engine.subscribe(todos.where({ id: 'mine' }).first(), listener, { immediate: false })
    for (let i = 0; i < 10; i++) host.commit(todos.update({ title: 'new' }).where({ id: `other ${i}` }))
    expect(listener).not.toHaveBeenCalled()
    expect(runs()).toBe(1)
    host.commit(todos.update({ title: 'new' }).where({ id: 'mine' }))
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('QRY-2 unchanged rows keep their identity, and an unchanged list is the same array', () => {
    const { host, engine } = open()
    host.commit(todo('a', { rank: 1 }), todo('b', { rank: 2 }), todo('c', { rank: 3 }))
    const list = todos.orderBy('rank')
    const listener = vi.fn()
    engine.subscribe(list, listener, { immediate: false })
    const [a, b, c] = engine.query(list)
    host.commit(todos.update({ rank: 9 }).where({ id: 'a' }))
    const after = engine.query(list)
    expect(after.map(({ id }) => id)).toEqual(['b', 'c', 'a'])
    expect([after[0] === b, after[1] === c, after[2] === a]).toEqual([true, true, false])
    expect(after[2]?.tags).toBe(a?.tags)
    // Written, but equal: the dispatch index hears of it, the subscriber must not.
    host.commit(todos.update({ rank: 1 }).where({ id: 'a' }), todos.update({ rank: 9 }).where({ id: 'a' }))
    host.reconcile(todo('a', { rank: 9 }), todo('b', { rank: 2 }), todo('c', { rank: 3 }))
    expect(engine.query(list)).toBe(after)
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('QRY-2 one change among 1,000 live point queries re-runs exactly one', () => {
    const { host, engine, runs } = open()
    host.commit(...Array.from({ length: 1000 }, (_, i) => todo(`t${i}`)))
    const heard: unknown[] = []
    for (let i = 0; i < 1000; i++) {
      engine.subscribe(todos.where({ id: `t${i}` }).first(), (row) => heard.push(row), { immediate: false })
    }
    expect(runs()).toBe(1000)
    host.commit(todos.update({ title: 'new' }).where({ id: 't500' }))
    expect(runs()).toBe(1001)
    expect(heard).toEqual([expect.objectContaining({ id: 't500', title: 'new' })])
  })

  it('does not run again for columns that a query does not read', () => {
    const { host, engine, runs } = open()
    host.commit(todo('a'))
    const titles = sql`select title from todos`
    const count = todos.count()
    engine.query(titles)
    engine.query(count)
    host.commit(todos.update({ rank: 5 }).where({ id: 'a' }))
    engine.query(titles)
    engine.query(count)
    expect(runs()).toBe(2)
    host.commit(todos.update({ title: 'x' }).where({ id: 'a' }))
    expect([engine.query(titles), engine.query(count), runs()]).toEqual([[{ title: 'x' }], 1, 3])
  })

  it('QRY-1 counts follow inserts and deletes when nobody reads a column', () => {
    const { host, engine } = open()
    const counts: unknown[] = []
    engine.subscribe(todos.count(), (count) => counts.push(count))
    host.commit(todo('a'), todo('b'))
    host.commit(todos.delete().where({ id: 'a' }))
    host.reconcile()
    expect(counts).toEqual([0, 2, 1, 0])
  })

  it('QRY-1 a key change reaches the queries of both keys', () => {
    const { host, engine } = open()
    host.commit(todo('a'))
    const heard: [string, unknown][] = []
    engine.subscribe(todos.where({ id: 'a' }).first(), (row) => heard.push(['a', row?.id]), { immediate: false })
    engine.subscribe(todos.where({ id: 'b' }).first(), (row) => heard.push(['b', row?.id]), { immediate: false })
    host.commit(todos.update({ id: 'b' }).where({ id: 'a' }))
    expect(new Map(heard)).toEqual(
      new Map([
        ['a', undefined],
        ['b', 'b'],
      ]),
    )
    expect(heard).toHaveLength(2)
  })

  it('QRY-1 an undo shows no trace of the undone row, also in a query mounted after the commit', () => {
    const { host, engine } = open()
    const before: unknown[] = []
    engine.subscribe(todos.count(), (count) => before.push(count))
    host.commit(todo('a'))
    const mounted: unknown[] = []
    engine.subscribe(todos.where({ id: 'a' }).first(), (row) => mounted.push(row?.id))
    host.reconcile()
    expect([before, mounted]).toEqual([
      [0, 1, 0],
      ['a', undefined],
    ])
    expect(engine.query(todos)).toEqual([])
  })

  it('QRY-1 a statement that fails half-way in a reconcile leaves no trace in what is told', () => {
    const devices = table('devices', { id: text().primaryKey(), slot: integer().unique() })
    const host = new TestHost([devices])
    const engine = new QueryEngine(host, { parts: () => queryParts })
    host.commit(devices.insert({ id: 'a', slot: 0 }), devices.insert({ id: 'b', slot: 5 }))
    host.moveBase()
    const slots: unknown[] = []
    engine.subscribe(devices.where({ id: 'a' }).first(), (device) => slots.push(device?.slot))
    host.commit(devices.update({ slot: 1 }).where({ id: 'a' }))
    // Undone to 0; then the hook sees 1 again, before the same statement fails on b and SQLite takes it back.
    host.reconcile(devices.update({ slot: 1 }))
    expect(slots).toEqual([0, 1, 0])
  })

  it('QRY-1 a row that cannot be read does no harm beyond the limit, and the list says so when it comes in', () => {
    const { host, engine, reports } = open()
    host.commit(...['a', 'b', 'c'].map((id, rank) => todo(id, { rank })))
    const first = todos.orderBy('rank').limit(2)
    const ids = () => engine.query(first).map(({ id }) => id)
    const stop = engine.subscribe(first, () => {})
    host.commit(sql`update todos set tags = 'no json', rank = 9 where id = 'c'`)
    expect([ids(), reports]).toEqual([['a', 'b'], []])
    host.commit(todos.delete().where({ id: 'a' }))
    expect(ids).toThrow()
    host.commit(todos.update({ tags: [] }).where({ id: 'c' }))
    expect(ids()).toEqual(['b', 'c'])
    stop()
  })

  it('QRY-1 keys of either infinity are two rows', () => {
    const host = new TestHost([
      table('spans', { list: text(), end: real(), n: integer() }, { primaryKey: ['list', 'end'] }),
    ])
    const engine = new QueryEngine(host, { parts: () => queryParts })
    const spans = sql`select n from spans order by n`.as<{ n: number }>()
    host.commit(sql`insert into spans values ('a', 9e999, 1), ('a', -9e999, 1)`)
    expect(engine.query(spans)).toHaveLength(2)
    host.commit(sql`update spans set n = 2 where "end" > 0`, sql`update spans set n = 1 where "end" < 0`)
    expect(engine.query(spans).map(({ n }) => n)).toEqual([1, 2])
  })

  it('QRY-1 IN and OR pins, and joins, hear what matters to them and no more', () => {
    const { host, engine, runs } = open()
    host.commit(
      lists.insert({ id: 'l', name: 'list' }),
      ...['a', 'b', 'c', 'd'].map((id) => todo(id, { listId: id === 'd' ? null : 'l' })),
    )
    const some = todos.where('id', 'in', ['a', 'b'])
    const unlisted = todos.where({ listId: null })
    const joined = sql`select todos.id, lists.name from todos join lists on lists.id = todos.listId order by todos.id`
    const all = () => [engine.query(some), engine.query(unlisted), engine.query(joined)]
    const [first, second, third] = all()
    host.commit(todos.update({ done: true }).where({ id: 'c' }))
    expect(all()).toEqual([first, second, third])
    expect(runs()).toBe(3)
    host.commit(todos.update({ listId: null }).where({ id: 'c' }))
    expect(engine.query(unlisted).map(({ id }) => id)).toEqual(['c', 'd'])
    expect(engine.query(joined)).toHaveLength(2)
    expect(engine.query(some)).toBe(first)
    host.commit(lists.update({ name: 'renamed' }).where({ id: 'l' }))
    expect(engine.query(joined)).toEqual([
      { id: 'a', name: 'renamed' },
      { id: 'b', name: 'renamed' },
    ])
    expect(runs()).toBe(6)
  })

  it('is told once per batch, however many commits it holds', () => {
    const { host, engine } = open()
    const listener = vi.fn()
    engine.subscribe(todos.count(), listener, { immediate: false })
    const given = engine.batch(() => {
      host.commit(todo('a'))
      expect(engine.query(todos.count())).toBe(1)
      engine.batch(() => host.commit(todo('b')))
      return 'given'
    })
    expect([given, listener.mock.calls]).toEqual(['given', [[2]]])
    expect(() =>
      engine.batch(() => {
        host.commit(todo('c'))
        throw new Error('mine')
      }),
    ).toThrow('mine')
    expect(listener).toHaveBeenLastCalledWith(3)
  })

  it('is whole: two queries are both current when either listener runs', () => {
    const { host, engine } = open()
    const count = todos.count()
    const list = todos.orderBy('id')
    const seen: unknown[] = []
    engine.subscribe(count, (n) => seen.push(['count', n, engine.query(list).length]))
    engine.subscribe(list, (rows) => seen.push(['list', engine.query(count), rows.length]))
    host.commit(todo('a'))
    host.commit(todo('b'), todo('c'))
    for (const [, n, length] of seen as [string, number, number][]) expect(length).toBe(n)
    expect(seen).toHaveLength(6)
  })
})
