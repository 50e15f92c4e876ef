import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ListDelta, listDelta } from './list-delta.ts'

interface Item {
  readonly id: number
  readonly text: string
}

/** What the docstring of `ListDelta` says, word for word. */
function follow<R>(before: readonly R[], delta: ListDelta<R>): R[] {
  const out = new Set([...delta.removed, ...delta.moved.map(({ from }) => from)])
  const list = before.filter((_, place) => !out.has(place))
  const put = [...delta.inserted, ...delta.moved.map(({ to, row }) => ({ at: to, row }))].sort((a, b) => a.at - b.at)
  for (const { at, row } of put) list.splice(at, 0, row)
  for (const { at, row } of delta.updated) list[at] = row
  return list
}

const items = fc.uniqueArray(fc.record({ id: fc.nat(20), text: fc.constantFrom('x', 'y') }), {
  selector: ({ id }) => id,
  maxLength: 15,
})

/** The second list with the objects of the first where rows are equal, as structural sharing leaves it. */
function shared(before: readonly Item[], after: readonly Item[]): Item[] {
  return after.map((row) => before.find(({ id, text }) => id === row.id && text === row.text) ?? row)
}

it('following a delta gives the next list, object for object', () => {
  fc.assert(
    fc.property(items, items, (before, next) => {
      const after = shared(before, next)
      const followed = follow(before, listDelta(before, after, ['id']))
      expect(followed).toEqual(after)
      followed.forEach((row, place) => {
        expect(row).toBe(after[place])
      })
    }),
  )
})

it('names each row once, and no row that stayed as it was', () => {
  fc.assert(
    fc.property(items, items, (before, next) => {
      const after = shared(before, next)
      const delta = listDelta(before, after, ['id'])
      const ids = (rows: readonly Item[]) => rows.map(({ id }) => id)
      expect(ids(delta.inserted.map(({ row }) => row))).toEqual(ids(after).filter((id) => !ids(before).includes(id)))
      expect(ids(delta.removed.map((place) => before[place] as Item))).toEqual(
        ids(before).filter((id) => !ids(after).includes(id)),
      )
      for (const { before: old, row } of delta.updated) expect([old.id, old.text]).not.toEqual([row.id, row.text])
    }),
  )
})

it('one row that moves is one move, however far', () => {
  const rows = Array.from({ length: 9 }, (_, id) => ({ id }))
  const last = [...rows.slice(1), rows[0] as { id: number }]
  expect(listDelta(rows, last, ['id'])).toEqual({
    removed: [],
    inserted: [],
    moved: [{ from: 0, to: 8, row: { id: 0 } }],
    updated: [],
  })
})

it('a row without identity is another row as soon as it is another object; one that occurs twice counts twice', () => {
  const [a, b] = [{ n: 1 }, { n: 2 }]
  expect(listDelta([a, b], [a, { n: 2 }], null)).toMatchObject({ removed: [1], inserted: [{ at: 1 }], updated: [] })
  expect(listDelta([a, a, b], [a, b], ['n'])).toMatchObject({ removed: [1], inserted: [], moved: [] })
})

it('identity tells 1 from the text 1 and dates by their time', () => {
  const day = () => ({ at: new Date(5), n: 1 })
  expect(listDelta([day()], [day()], ['at', 'n'])).toMatchObject({ removed: [], inserted: [] })
  expect(listDelta([{ n: 1 }], [{ n: '1' }], ['n'] as never)).toMatchObject({ removed: [0], inserted: [{ at: 0 }] })
})
