import fc from 'fast-check'
import { expect } from 'vitest'
import { z } from 'zod'
import { integer, text } from '../../schema/column.ts'
import { event, type NewEvent } from '../../schema/event.ts'
import { type AnySchema, defineEvents, defineSchema } from '../../schema/schema.ts'
import { table } from '../../schema/table.ts'
import { sql } from '../../sql/tagged.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import { openMemory } from '../../testing/open-wasm.ts'
import { commutingSkip } from '../commuting-skip.ts'
import { digest } from '../digest.ts'
import { Rebase } from '../rebase.ts'
import { Replica } from '../replica.ts'
import { SavepointUndo } from '../savepoint-undo.ts'
import { Savepoints } from '../savepoints.ts'
import { createStateTables } from '../state-tables.ts'
import { idOf } from './author.ts'
import { type Move, OrderModel } from './order-model.ts'
import { type Replay, rowsOf } from './replay.ts'

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
export type Args = { op: (typeof ops)[number]; table: (typeof tables)[number]; key: number; value: number }
export const write = (given: Args): NewEvent => wrote(given)

/** Tables of a random shape, one event that does anything to them. */
export function schemaOf(shape: { textKey: boolean; uniqueValue: boolean; uniqueTogether: boolean }): AnySchema {
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
export const step = fc.oneof(
  given,
  fc.array(move, { minLength: 1, maxLength: 4 }).map((moves) => ({ moves })),
)

const open: SqliteDriver[] = []
/** A database in memory, open until `closeAll`. */
export function memory(): SqliteDriver {
  const driver = openMemory()
  open.push(driver)
  return driver
}

export function rebasing(schema: AnySchema, skips: boolean) {
  const driver = memory()
  createStateTables(driver, schema)
  const replica = new Replica({ driver, schema, base: 0, savepoints: new Savepoints(driver) })
  const undo = new SavepointUndo(replica.standing)
  return { replica, rebase: new Rebase(replica.standing, { undo, ...(skips && { skip: commutingSkip }) }) }
}

type Rebasing = ReturnType<typeof rebasing>

/** Two replicas brought to one order: with all that a session may take as a short cut, and without. */
export class Pair {
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

export const shape = fc.record({ textKey: fc.boolean(), uniqueValue: fc.boolean(), uniqueTogether: fc.boolean() })
export const add = (key: number, value = key): NewEvent => write({ op: 'insert', table: 'plain', key, value })
export const foreign = (...events: readonly NewEvent[]): Move => ({ type: 'foreign', events })

export function closeAll(): void {
  for (const driver of open.splice(0)) driver.close()
}
