import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { integer, text } from '../schema/column.ts'
import { event, type NewEvent } from '../schema/event.ts'
import { type AnySchema, defineEvents, defineSchema } from '../schema/schema.ts'
import { table } from '../schema/table.ts'
import { sql } from '../sql/tagged.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { commutingSkip } from './commuting-skip.ts'
import { digest } from './digest.ts'
import { Rebase } from './rebase.ts'
import { Replica } from './replica.ts'
import { SavepointUndo } from './savepoint-undo.ts'
import { Savepoints } from './savepoints.ts'
import { createStateTables } from './state-tables.ts'
import { idOf } from './testing/author.ts'
import { type Move, OrderModel } from './testing/order-model.ts'
import { Replay, rowsOf } from './testing/replay.ts'

const ops = [
  'insert',
  'ignore',
  'upsert',
  'update',
  'guarded',
  'mark',
  'guardedMark',
  'delete',
  'rekey',
  'sweep',
  'sql',
  'read',
  'fail',
] as const
const tables = ['plain', 'pair', 'only'] as const
const wrote = event(
  'v1.Wrote',
  z.object({ op: z.enum(ops), table: z.enum(tables), key: z.number(), value: z.number() }),
)
type Args = { op: (typeof ops)[number]; table: (typeof tables)[number]; key: number; value: number }
const write = (given: Args): NewEvent => wrote(given)

/** Tables of a random shape, one event that does anything to them. */
function schemaOf(shape: { textKey: boolean; uniqueValue: boolean; uniqueTogether: boolean }): AnySchema {
  const plain = shape.textKey
    ? table('plain', { id: text().primaryKey(), v: integer().default(0), w: integer().nullable() })
    : table('plain', { id: integer().primaryKey(), v: integer().default(0), w: integer().nullable() })
  const pair = table(
    'pair',
    { x: integer(), y: text(), v: integer().default(0) },
    { primaryKey: ['x', 'y'], unique: shape.uniqueTogether ? [['v', 'y']] : [] },
  )
  const v = shape.uniqueValue ? integer().unique().nullable() : integer().nullable()
  const only = table('only', { id: integer().primaryKey(), v })
  return defineSchema({
    version: 1,
    tables: { plain, pair, only },
    events: defineEvents({ wrote }),
    materializers: {
      wrote: ({ op, table: name, key, value }, ctx) => {
        // biome-ignore lint/suspicious/noExplicitAny: three shapes of one table
        const to: any = { plain, pair, only }[name]
        const id = name === 'pair' ? { x: key, y: 'y' } : { id: name === 'plain' && shape.textKey ? `k${key}` : key }
        const other =
          name === 'pair' ? { x: key + 1 } : { id: name === 'plain' && shape.textKey ? `k${key + 1}` : key + 1 }
        const mark = name === 'plain' ? 'w' : 'v'
        switch (op) {
          case 'insert':
            return to.insert({ ...id, v: value })
          case 'ignore':
            return to.insertOrIgnore({ ...id, v: value })
          case 'upsert':
            return [to.upsert({ ...id, v: value }), to.update({ v: value + 1 }).where(id)]
          case 'update':
            return to.update({ v: value }).where(id)
          case 'guarded':
            return to.update({ v: value }).where({ ...id, v: value - 1 })
          case 'mark':
            return to.update({ [mark]: value }).where(id)
          case 'guardedMark':
            return to.update({ [mark]: value }).where({ ...id, v: value })
          case 'delete':
            return to.delete().where(id)
          case 'rekey':
            return to.update(other).where(id)
          case 'sweep':
            return to.update({ v: 0 }).where({ v: value })
          case 'sql':
            return sql`update ${to} set v = v + 1 where v < ${value}`
          case 'read':
            return (ctx.query(to.where(id)) as unknown[]).length > 0
              ? to.delete().where(id)
              : to.insert({ ...id, v: value })
          case 'fail':
            throw new Error('no')
        }
      },
    },
  })
}

const args: fc.Arbitrary<NewEvent> = fc
  .record({
    // Mostly what can be skipped.
    op: fc.oneof(
      { arbitrary: fc.constantFrom('insert', 'upsert', 'update', 'guarded', 'delete'), weight: 6 },
      fc.constantFrom(...ops),
    ),
    table: fc.constantFrom(...tables),
    key: fc.nat(7),
    value: fc.nat(3),
  })
  .map((given) => write(given as Args))
const given = fc.array(args, { minLength: 1, maxLength: 3 })
const move: fc.Arbitrary<Move> = fc.oneof(
  { arbitrary: fc.record({ type: fc.constantFrom('foreign' as const), events: given }), weight: 3 },
  fc.record({ type: fc.constant('other' as const), events: given }),
  fc.record({ type: fc.constant('confirm' as const), at: fc.constantFrom(0, 0, 0, 1) }),
  fc.record({ type: fc.constantFrom('remove' as const, 'retract' as const), at: fc.nat(3) }),
  fc.record({ type: fc.constantFrom('ack' as const, 'confirmUnacked' as const) }),
)
const step = fc.oneof(
  given,
  fc.array(move, { minLength: 1, maxLength: 4 }).map((moves) => ({ moves })),
)

const open: SqliteDriver[] = []
afterEach(() => {
  for (const driver of open.splice(0)) driver.close()
})

function memory(): SqliteDriver {
  const driver = openMemory()
  open.push(driver)
  return driver
}

function rebasing(schema: AnySchema, skips: boolean) {
  const driver = memory()
  createStateTables(driver, schema)
  const replica = new Replica({ driver, schema, base: 0, savepoints: new Savepoints(driver) })
  const undo = new SavepointUndo(replica.standing)
  return { replica, rebase: new Rebase(replica.standing, { undo, ...(skips && { skip: commutingSkip }) }) }
}

type Rebasing = ReturnType<typeof rebasing>

class Pair {
  readonly model: OrderModel
  readonly skipping: Rebasing
  readonly strict: Rebasing
  skipped = 0
  undone = 0
  /** Sets: what is undone with pending commits and run again is told again. */
  readonly #verdicts = [new Set<string>(), new Set<string>()] as const
  readonly #schema: AnySchema

  constructor(schema: AnySchema) {
    this.#schema = schema
    this.model = new OrderModel(schema)
    this.skipping = rebasing(schema, true)
    this.strict = rebasing(schema, false)
  }

  append(events: readonly NewEvent[]): void {
    const commit = this.model.me.commit(...events)
    const options = { local: false, firstUnacked: this.model.unacked.length === 0, twice: false }
    const results = [this.skipping, this.strict].map(({ replica }) => {
      try {
        replica.append(commit, options)
        return true
      } catch {
        return false
      }
    })
    expect(results[0]).toBe(results[1])
    if (results[0]) this.model.unacked.push(commit)
  }

  reconcile(...moves: readonly Move[]): void {
    for (const one of moves) this.model.move(one)
    const target = this.model.target()
    const done = [this.skipping.rebase.reconcile(target), this.strict.rebase.reconcile(target)] as const
    this.skipped += done[0].skipped.length
    this.undone += done[0].undone.length
    expect(done[1].skipped).toEqual([])
    done.forEach(({ failures }, i) => {
      for (const { confirmed, commit } of failures) if (confirmed) this.#verdicts[i]?.add(idOf(commit))
    })
    expect(this.#verdicts[0]).toEqual(this.#verdicts[1])
  }

  check(replay: Replay): void {
    const tables = this.#schema.syncedTables
    expect(digest(this.skipping.replica.driver, tables)).toBe(digest(this.strict.replica.driver, tables))
    const { confirmed, pending, unacked } = this.model
    expect(rowsOf(this.skipping.replica.driver, this.#schema)).toEqual(replay.rows(confirmed, pending, unacked))
    expect(this.skipping.replica.head).toBe(this.strict.replica.head)
  }
}

const shape = fc.record({ textKey: fc.boolean(), uniqueValue: fc.boolean(), uniqueTogether: fc.boolean() })
const add = (key: number, value = key): NewEvent => write({ op: 'insert', table: 'plain', key, value })
const foreign = (...events: readonly NewEvent[]): Move => ({ type: 'foreign', events })

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
        for (const driver of open.splice(0)) driver.close()
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
        for (const driver of open.splice(0)) driver.close()
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

  test('pending commits that are confirmed in another order are put into it', () => {
    const schema = schemaOf({ textKey: true, uniqueValue: false, uniqueTogether: false })
    const pair = new Pair(schema)
    pair.append([add(1)])
    pair.append([write({ op: 'update', table: 'plain', key: 1, value: 8 })])
    pair.reconcile({ type: 'ack' }, { type: 'ack' }, { type: 'confirm', at: 1 })
    pair.check(new Replay(memory(), schema))
  })
})
