import { expect, it } from 'vitest'
import type { RowDelta } from '../replica/row-changes.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Pin } from '../sql/pins.ts'
import type { QueryPlan } from '../sql/plan.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { DispatchIndex } from './dispatch-index.ts'
import type { LiveQuery } from './live-query.ts'
import { lists, todos } from './testing/todo-engine.ts'

type Pins = readonly Pin[] | null

const schema = { tables: new Map([todos, lists].map((table) => [table.name, table])) } as unknown as AnySchema
const place = (name: string) => todos.columns.findIndex((column) => column.name === name)

/** An index with a query of each name, reading columns of todos. */
function indexed(queries: Record<string, { reads: string[]; pins?: Pins }>) {
  const index = new DispatchIndex(schema)
  const removes: (() => void)[] = []
  for (const [name, { reads, pins = null }] of Object.entries(queries)) {
    const read = reads.map((column) => ({ table: 'todos', column }))
    const query = named(name)
    const filed = index.add(query, planWith(pins), read)
    removes.push(() => index.remove(query, filed))
  }
  const affected = (...deltas: [before: Row | null, after: Row | null][]) => {
    const found: LiveQuery[] = []
    index.collect([['todos', deltas.map(([before, after]) => delta(before, after))]], found)
    return [...new Set(found)].map(String).sort()
  }
  return { index, affected, removes }
}

const named = (name: string) => ({ hear: () => true, toString: () => name }) as unknown as LiveQuery

/** A plan of which no more than the pins is known. */
function planWith(pins: Pins): QueryPlan {
  const binds: SqlValue[] = []
  const places = (pins ?? []).map(({ table, column, values }) => ({
    ref: { column: { table, name: column } },
    places: values.map((value) => binds.push(value) - 1),
  }))
  return { template: { pins: places }, binds } as unknown as QueryPlan
}

type Row = Record<string, SqlValue>

function delta(before: Row | null, after: Row | null): RowDelta {
  const values = (row: Row | null) => {
    if (!row) return null
    const found: SqlValue[] = []
    for (const [name, value] of Object.entries(row)) found[place(name)] = value
    return found
  }
  return { key: [], before: values(before), after: values(after), partial: false }
}

const pin = (column: string, ...values: SqlValue[]) => ({ table: 'todos', column, values })

it('watches pinned and read columns in table order, while someone needs them', () => {
  const { index, removes } = indexed({
    a: { reads: ['title', 'id'] },
    b: { reads: ['rank'], pins: [pin('id', 'x')] },
    c: { reads: ['title'] },
  })
  const all = index.columns('todos')
  expect(all).toEqual([place('id'), place('title'), place('rank')])
  expect(index.columns('todos')).toBe(all)
  expect(index.columns('lists')).toEqual([])
  removes[1]?.()
  expect(index.columns('todos')).toEqual([place('id'), place('title')])
  removes[0]?.()
  expect(index.columns('todos')).toEqual([place('title')])
  removes[2]?.()
  expect(index.columns('todos')).toEqual([])
})

it('watches the key for queries that read no column: nothing would mean that nobody looks', () => {
  expect(indexed({ count: { reads: [''] } }).index.columns('todos')).toEqual([place('id')])
})

it('finds pinned queries by the value before and after, numbers and bigints alike', () => {
  const { affected } = indexed({
    one: { reads: ['rank'], pins: [pin('rank', 1)] },
    big: { reads: ['rank'], pins: [pin('rank', 1n)] },
    text: { reads: ['rank'], pins: [pin('rank', '1')] },
    none: { reads: ['rank'], pins: [pin('rank', null)] },
    bytes: { reads: ['rank'], pins: [pin('rank', new Uint8Array([1]))] },
    huge: { reads: ['rank'], pins: [pin('rank', 2n ** 62n + 1n)] },
  })
  expect(affected([{ rank: 1n }, { rank: 2 }])).toEqual(['big', 'one'])
  expect(affected([null, { rank: 1 }])).toEqual(['big', 'one'])
  expect(affected([{ rank: '1' }, null])).toEqual(['text'])
  expect(affected([{ rank: null }, { rank: new Uint8Array([1]) }])).toEqual(['bytes', 'none'])
  expect(affected([{ rank: 2n ** 62n }, { rank: 2n ** 62n + 1n }])).toEqual(['huge'])
  expect(affected([{ rank: 5 }, { rank: 6 }])).toEqual([])
})

it('asks all pins, and read columns only of rows that stay', () => {
  const { affected } = indexed({
    both: { reads: ['title', 'rank', 'listId'], pins: [pin('rank', 1), pin('listId', 'l')] },
  })
  expect(
    affected([
      { rank: 1, listId: 'm', title: 'a' },
      { rank: 1, listId: 'm', title: 'b' },
    ]),
  ).toEqual([])
  expect(
    affected([
      { rank: 1, listId: 'l', title: 'a' },
      { rank: 1, listId: 'l', title: 'a' },
    ]),
  ).toEqual([])
  expect(
    affected([
      { rank: 1, listId: 'l', title: 'a' },
      { rank: 1, listId: 'l', title: 'b' },
    ]),
  ).toEqual(['both'])
  expect(
    affected([
      { rank: 1, listId: 'm', title: 'a' },
      { rank: 1, listId: 'l', title: 'a' },
    ]),
  ).toEqual(['both'])
})

it('takes a column that nobody watched when the row changed for changed', () => {
  const { affected } = indexed({ pinned: { reads: ['title'], pins: [pin('id', 'x')] }, free: { reads: ['title'] } })
  expect(affected([{ rank: 1 }, { rank: 2 }])).toEqual(['free', 'pinned'])
})

it('files by the pin that tells most: one change asks few of many', () => {
  const queries: Record<string, { reads: string[]; pins: Pins }> = {}
  for (let i = 0; i < 500; i++) queries[`q${i}`] = { reads: ['title'], pins: [pin('done', 0), pin('listId', `l${i}`)] }
  const { affected } = indexed(queries)
  let asked = 0
  const counting = (row: Row) =>
    new Proxy(row, {
      get: (target, name) => {
        asked++
        return Reflect.get(target, name)
      },
    })
  const change = delta({ done: 0, listId: 'l7', title: 'a' }, { done: 0, listId: 'l7', title: 'b' })
  const found: LiveQuery[] = []
  const { index } = indexed(queries)
  const counted = { ...change, before: counting(change.before as never), after: counting(change.after as never) }
  index.collect([['todos', [counted as unknown as RowDelta]]], found)
  expect([...found].map(String)).toEqual(['q7'])
  expect(asked).toBeLessThan(50)
  expect(affected([{ done: 0, listId: 'l9', title: 'a' }, null])).toEqual(['q9'])
})

it('lets long lists and empty ones pin', () => {
  const { affected, removes, index } = indexed({
    many: { reads: ['title'], pins: [pin('id', ...Array.from({ length: 100 }, (_, i) => `t${i}`))] },
    never: { reads: ['title'], pins: [pin('id')] },
  })
  expect(affected([null, { id: 't99', title: '' }])).toEqual(['many'])
  expect(affected([null, { id: 'other', title: '' }])).toEqual([])
  for (const remove of removes) remove()
  expect(affected([null, { id: 't99', title: '' }])).toEqual([])
  expect(index.columns('todos')).toEqual([])
})

it('ignores tables that are no state, and takes a name that is no column for all columns', () => {
  const index = new DispatchIndex(schema)
  expect(index.add(named('q'), planWith(null), [{ table: 'json_each', column: 'value' }])).toEqual([])
  index.add(named('q'), planWith(null), [{ table: 'lists', column: 'rowid' }])
  expect(index.columns('lists')).toEqual([0, 1])
})
