import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { Move } from './testing/order-model.ts'
import { Replay } from './testing/replay.ts'
import {
  type Args,
  add,
  closeAll,
  foreign,
  memory,
  Pair,
  schemaOf,
  shape,
  step,
  write,
} from './testing/skipping-pair.ts'

afterEach(closeAll)

describe('confirmed commits on top of pending ones', () => {
  test('STATE-1 with and without the skip states, verdicts and replay are equal, and many are skipped', () => {
    let skipped = 0
    let undone = 0
    fc.assert(
      fc.property(shape, fc.array(step, { maxLength: 20 }), (of, steps) => {
        const schema = schemaOf(of)
        const pair = new Pair(schema)
        const replay = new Replay(memory(), schema)
        for (const one of steps) {
          if (Array.isArray(one)) pair.append(one)
          else pair.reconcile(...one.moves)
          pair.check(replay)
        }
        skipped += pair.skipped
        undone += pair.undone
        closeAll()
      }),
      { numRuns: 1_600 },
    )
    // Of some 480, give or take 28.
    expect(skipped).toBeGreaterThan(400)
    expect(undone).toBeGreaterThan(1_000)
  }, 120_000)

  test('STATE-1 pending updates have the last word on rows that others write', () => {
    const few = (...of: readonly Args['op'][]) =>
      fc
        .record({
          op: fc.constantFrom(...of),
          table: fc.constantFrom('plain' as const, 'plain' as const, 'pair' as const),
          key: fc.nat(1),
          value: fc.nat(2),
        })
        .map(write)
    // Now and then one that cannot be run again, or looks at its row.
    const own = fc.oneof(
      { arbitrary: few('update', 'mark'), weight: 9 },
      few('upsert', 'ignore', 'guarded', 'guardedMark', 'delete'),
    )
    const their = fc.oneof(
      { arbitrary: few('insert', 'ignore', 'upsert', 'update', 'mark', 'delete'), weight: 6 },
      few('guarded', 'guardedMark'),
    )
    const burst = fc.array(
      fc.oneof(
        { arbitrary: their.map((one) => foreign(one)), weight: 5 },
        { arbitrary: fc.constantFrom<Move>({ type: 'confirm', at: 0 }, { type: 'ack' }), weight: 4 },
        fc.constant<Move>({ type: 'remove', at: 1 }),
      ),
      { minLength: 1, maxLength: 4 },
    )
    const steps = fc.array(
      fc.oneof(
        fc.tuple(own),
        burst.map((moves) => ({ moves })),
      ),
      { maxLength: 24 },
    )
    let skipped = 0
    fc.assert(
      fc.property(fc.boolean(), steps, (textKey, all) => {
        const schema = schemaOf({ textKey, uniqueValue: false, uniqueTogether: false })
        const pair = new Pair(schema)
        const replay = new Replay(memory(), schema)
        pair.reconcile(foreign(add(0, 7), add(1, 7)))
        for (const one of all) {
          if (Array.isArray(one)) pair.append(one)
          else pair.reconcile(...one.moves)
          pair.check(replay)
        }
        skipped += pair.skipped
        closeAll()
      }),
      { numRuns: 800 },
    )
    // Of some 890; 480 where nothing may be run again.
    expect(skipped).toBeGreaterThan(700)
  }, 120_000)

  test('a pending update that is confirmed before another of its row has not the last word', () => {
    const schema = schemaOf({ textKey: false, uniqueValue: false, uniqueTogether: false })
    const pair = new Pair(schema)
    const update = (key: number, value: number) => write({ op: 'update', table: 'plain', key, value })
    pair.reconcile(foreign(add(0), add(1)))
    pair.append([update(0, 1)])
    pair.append([update(1, 1)])
    pair.reconcile({ type: 'ack' }, { type: 'ack' }, foreign(update(1, 2)))
    expect([pair.undone, pair.skipped]).toEqual([1, 1])
    pair.reconcile(foreign(update(1, 3)), { type: 'confirm', at: 0 }, foreign(update(0, 4)))
    pair.check(new Replay(memory(), schema))
  })

  test('a pending commit that has come to fail has no word at all', () => {
    const schema = schemaOf({ textKey: false, uniqueValue: false, uniqueTogether: false })
    const pair = new Pair(schema)
    const update = (value: number) => write({ op: 'update', table: 'plain', key: 0, value })
    pair.reconcile(foreign(add(0)))
    pair.append([update(1), add(5)])
    pair.reconcile({ type: 'ack' }, foreign(add(20)))
    pair.reconcile(foreign(add(5)))
    pair.reconcile(foreign(update(4)))
    pair.check(new Replay(memory(), schema))
  })

  function started(): Pair {
    const pair = new Pair(schemaOf({ textKey: false, uniqueValue: true, uniqueTogether: false }))
    for (let key = 0; key < 10; key++) pair.append([add(key)])
    pair.reconcile(...Array.from({ length: 10 }, () => ({ type: 'ack' as const })))
    return pair
  }

  test('what meets nothing pending undoes nothing, burst after burst', () => {
    const pair = started()
    for (let burst = 0; burst < 5; burst++)
      pair.reconcile(foreign(add(20 + burst)), foreign(add(40 + burst), add(60 + burst)))
    expect([pair.skipped, pair.undone]).toEqual([10, 0])
    pair.reconcile({ type: 'confirm', at: 0 }, foreign(write({ op: 'update', table: 'plain', key: 20, value: 9 })))
    expect([pair.skipped, pair.undone]).toEqual([11, 0])
    pair.reconcile(...Array.from({ length: 9 }, () => ({ type: 'confirm' as const, at: 0 })))
    expect([pair.undone, pair.skipping.replica.base, pair.skipping.replica.base]).toEqual([
      0,
      pair.model.head,
      pair.skipping.replica.head,
    ])
    pair.check(new Replay(memory(), schemaOf({ textKey: false, uniqueValue: true, uniqueTogether: false })))
  })

  test.each<[string, Args]>([
    ['writes a row that a pending one writes', { op: 'update', table: 'plain', key: 3, value: 1 }],
    ['writes by a predicate', { op: 'sweep', table: 'plain', key: 0, value: 50 }],
    ['changes a key', { op: 'rekey', table: 'plain', key: 50, value: 0 }],
    ['is raw SQL', { op: 'sql', table: 'only', key: 0, value: 0 }],
    ['reads through ctx', { op: 'read', table: 'only', key: 1, value: 1 }],
    ['throws', { op: 'fail', table: 'plain', key: 50, value: 0 }],
    ['fails in SQL', { op: 'insert', table: 'only', key: 99, value: 0 }],
  ])('one that %s is applied at its place', (_, given) => {
    const pair = started()
    pair.reconcile(foreign(write({ op: 'insert', table: 'only', key: 99, value: 7 })))
    expect(pair.skipped).toBe(1)
    pair.reconcile(foreign(write(given)))
    expect(pair.skipped).toBe(1)
    expect(pair.undone).toBeGreaterThan(0)
  })

  test('a table with a secondary UNIQUE is one whole: its rows fail by each other', () => {
    const pair = started()
    pair.append([write({ op: 'insert', table: 'only', key: 1, value: 5 })])
    pair.reconcile(foreign(write({ op: 'insert', table: 'only', key: 2, value: 6 })))
    expect(pair.skipped).toBe(0)
  })

  test('long bursts over few pending ones are applied in order, and move base', () => {
    const pair = started()
    pair.reconcile(...Array.from({ length: 100 }, (_, i) => foreign(add(100 + i))))
    expect([pair.skipped, pair.skipping.replica.base]).toEqual([0, 100])
  })

  test('base moves once thousands are confirmed, and as many as are pending', () => {
    const schema = schemaOf({ textKey: false, uniqueValue: false, uniqueTogether: false })
    const pair = new Pair(schema)
    const adds = (count: number, from: number) => Array.from({ length: count }, (_, i) => add(from + i))
    for (const each of adds(1_500, 0)) pair.append([each])
    pair.reconcile(...Array.from({ length: 1_500 }, () => ({ type: 'ack' as const })))
    const bases = [10_000, 20_000, 30_000, 40_000].map((from) => {
      pair.reconcile(...adds(1_024, from).map((each) => foreign(each)))
      return pair.skipping.replica.base
    })
    expect([bases, pair.skipped, pair.undone]).toEqual([[0, 0, 0, 4_096], 3 * 1_024, 3 * 1_024 + 1_500])
    pair.check(new Replay(memory(), schema))
  })

  test('pending commits that are confirmed in another order are put into it', () => {
    const schema = schemaOf({ textKey: true, uniqueValue: false, uniqueTogether: false })
    const pair = new Pair(schema)
    pair.append([add(1)])
    pair.append([write({ op: 'update', table: 'plain', key: 1, value: 8 })])
    pair.reconcile({ type: 'ack' }, { type: 'ack' }, { type: 'confirm', at: 1 })
    pair.check(new Replay(memory(), schema))
  })
})
