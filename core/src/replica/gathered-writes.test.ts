import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { integer } from '../schema/column.ts'
import { event, localEvent } from '../schema/event.ts'
import { defineEvents, defineSchema } from '../schema/schema.ts'
import { localTable, table } from '../schema/table.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { ChangeCollector } from './change-collector.ts'
import type { ChangeBatch } from './row-changes.ts'
import { idOf } from './testing/author.ts'
import { expectedBatch, normalBatch } from './testing/net-changes.ts'
import { OrderModel } from './testing/order-model.ts'
import { Replay, rowsOf } from './testing/replay.ts'
import {
  type Args,
  closeAll,
  foreign,
  memory,
  Pair,
  rebasing,
  schemaOf,
  shape,
  write,
} from './testing/skipping-pair.ts'

afterEach(closeAll)

/** Inserts mostly, of rows that mostly are not there, and everything else between them. */
const ops: fc.Arbitrary<Args['op']> = fc.oneof(
  { arbitrary: fc.constantFrom('insert' as const, 'insert' as const, 'ignore' as const), weight: 30 },
  fc.constantFrom<Args['op']>('update', 'guarded', 'mark', 'delete', 'upsert', 'rekey', 'sweep', 'sql', 'read', 'fail'),
)

function burst(keys: number, only: readonly Args['table'][]) {
  const one = fc.record({
    op: ops,
    table: fc.constantFrom(...only),
    key: fc.nat(keys),
    value: fc.nat({ max: 3 }),
  })
  const several = fc.tuple(one, one)
  const commit = fc.oneof({ arbitrary: one.map((only) => [only]), weight: 60 }, several)
  return fc.array(commit, { minLength: 32, maxLength: 180 })
}

/** Statements of several rows that a test has run. */
function watchStatements(driver: Pick<SqliteDriver, 'prepare'>): () => number {
  const { prepare } = driver
  let gathered = 0
  driver.prepare = (sql, access) => {
    if (sql.startsWith('insert or fail')) gathered++
    return prepare.call(driver, sql, access)
  }
  return () => gathered
}

const watched = [0, 1]

/** What was told since it was asked last. */
function watchRows({ skipping: { replica } }: Pair): () => ChangeBatch | null {
  const { driver, schema, materialize } = replica.standing
  let told: ChangeBatch | null = null
  materialize.changes = new ChangeCollector(driver, schema)
  replica.watch = { columns: () => watched }
  replica.standing.onChange = (batch) => {
    told = batch
  }
  return () => {
    const last = told
    told = null
    return last
  }
}

test('STATE-1 QRY-1 gathered writes leave the state and the verdicts that one by one do, and tell the rows they change', () => {
  let gathered = 0
  let failed = 0
  const own = fc.array(
    fc.record({
      op: fc.constantFrom<Args['op']>('insert', 'update', 'mark'),
      table: fc.constantFrom<Args['table']>('plain', 'pair'),
      key: fc.nat(40),
      value: fc.nat(3),
    }),
    { maxLength: 40 },
  )
  // Few keys let many fail, many let few.
  const bursts = fc.array(
    fc.oneof(burst(12, ['plain', 'pair', 'only']), burst(5_000, ['plain', 'pair']), burst(5_000, ['plain'])),
    { minLength: 1, maxLength: 3 },
  )
  fc.assert(
    fc.property(shape, own, bursts, (of, mine, all) => {
      const schema = schemaOf(of)
      const pair = new Pair(schema)
      const replay = new Replay(memory(), schema)
      const statements = watchStatements(pair.skipping.replica.driver)
      const told = watchRows(pair)
      for (const args of mine) pair.append([write(args)])
      const rows = () => rowsOf(pair.skipping.replica.driver, schema)
      told()
      for (const burst of all) {
        const before = rows()
        pair.reconcile(...burst.map((commit) => foreign(...commit.map(write))))
        pair.check(replay)
        expect(normalBatch(told(), watched)).toEqual(expectedBatch(schema, before, rows(), watched))
      }
      gathered += statements()
      failed += replay.failed.length
      closeAll()
    }),
    { numRuns: 200 },
  )
  expect(gathered).toBeGreaterThan(50)
  expect(failed).toBeGreaterThan(100)
}, 120_000)

const numbered = (count: number, of: (n: number) => Args) => Array.from({ length: count }, (_, n) => write(of(n)))

test('a write goes by others that wait, unless it is of one of their rows', () => {
  const schema = schemaOf({ textKey: true, uniqueValue: false, uniqueTogether: false })
  const pair = new Pair(schema)
  const statements = watchStatements(pair.skipping.replica.driver)
  const inserts = numbered(64, (key) => ({ op: 'insert', table: 'plain', key, value: 0 }))
  const updates = numbered(64, (key) => ({ op: 'update', table: 'plain', key, value: key + 1 }))
  // Each of a row that waits: what waits is run before it, one by one.
  pair.reconcile(...inserts.flatMap((insert, n) => [foreign(insert), foreign(updates[n] as never)]))
  expect(statements()).toBe(0)
  const others = numbered(64, (n) => ({ op: 'insert', table: 'plain', key: 100 + n, value: 0 }))
  pair.reconcile(...others.flatMap((insert, n) => [foreign(insert), foreign(updates[63 - n] as never)]))
  expect(statements()).toBe(4)
  pair.check(new Replay(memory(), schema))
})

test('one that fails is quarantined alone and told once, as it would be by itself', () => {
  const schema = schemaOf({ textKey: true, uniqueValue: false, uniqueTogether: false })
  const { replica, rebase } = rebasing(schema, true)
  const model = new OrderModel(schema)
  const fails = { op: 'fail', table: 'plain', key: 0, value: 0 } as const
  const inserts = numbered(160, (n) =>
    n === 5 ? fails : { op: 'insert', table: 'plain', key: n === 11 ? 10 : n, value: 0 },
  )
  for (const insert of inserts) model.move(foreign(insert))
  const { failures } = rebase.reconcile(model.target())
  expect(failures.map(({ commit }) => idOf(commit))).toEqual(['others.6', 'others.12'])
  expect(rowsOf(replica.driver, schema).get('plain')).toHaveLength(158)
})

const lines = table('lines', { id: integer().primaryKey() })
const drafts = localTable('drafts', { id: integer().primaryKey() })
const numberedLine = z.object({ id: z.number() })
const lineEvents = defineEvents({
  added: event('v1.Added', numberedLine),
  noted: event('v1.Noted', z.object({})),
  checked: event('v1.Checked', numberedLine),
  drafted: localEvent('v1.Drafted', numberedLine),
})
const lineSchema = defineSchema({
  version: 1,
  tables: { lines, drafts },
  events: lineEvents,
  materializers: {
    added: (line) => lines.insert(line),
    noted: () => [],
    checked: (line) => {
      if (line.id < 0) throw new Error('no')
      return lines.insert(line)
    },
    drafted: (line) => drafts.insert(line),
  },
})

test('of a commit of several events that waited, the one at fault is named', () => {
  const { added, noted } = lineEvents
  const { replica, rebase } = rebasing(lineSchema, true)
  const model = new OrderModel(lineSchema)
  const own = model.me.commit(added({ id: 1_000 }))
  replica.append(own, { local: false, firstUnacked: true, twice: false })
  model.unacked.push(own)
  for (let id = 0; id < 40; id++) model.move(foreign(added({ id })))
  model.move(foreign(noted({}), added({ id: 3 })))
  const { failures } = rebase.reconcile(model.target())
  expect(failures.map(({ error }) => error.details)).toEqual([
    expect.objectContaining({ event: 'v1.Added', eventId: 'others.42' }),
  ])
})

test('each that fails after it had to wait is among what is applied as one that failed', () => {
  const { added, drafted } = lineEvents
  for (const repeated of [1, 126, 127, 128, 140]) {
    const { replica, rebase } = rebasing(lineSchema, true)
    const model = new OrderModel(lineSchema)
    // Base cannot move past it.
    const own = model.me.commit(drafted({ id: 1 }))
    replica.append(own, { local: true, firstUnacked: true, twice: false })
    model.unackedLocal.push(own)
    for (let n = 0; n < 150; n++) model.move(foreign(added({ id: n === repeated ? 0 : n })))
    const { failures } = rebase.reconcile(model.target())
    expect(failures).toHaveLength(1)
    const failed = replica.standing.applied.filter(({ error }) => error)
    expect(failed).toMatchObject([{ id: `others.${repeated + 1}`, writes: null, quarantined: true }])
  }
})

test('an event whose materializer has thrown once is gathered all the same', () => {
  const { checked } = lineEvents
  const { replica, rebase } = rebasing(lineSchema, true)
  const statements = watchStatements(replica.driver)
  const model = new OrderModel(lineSchema)
  for (let n = 0; n < 65; n++) model.move(foreign(checked({ id: n - 1 })))
  expect(rebase.reconcile(model.target()).failures).toHaveLength(1)
  expect(statements()).toBe(4)
})

test('of a burst that turns out not to commute nothing is left for the next', () => {
  const schema = schemaOf({ textKey: true, uniqueValue: false, uniqueTogether: false })
  const { replica, rebase } = rebasing(schema, true)
  const model = new OrderModel(schema)
  for (const insert of numbered(10, (n) => ({ op: 'insert', table: 'plain', key: 900 + n, value: 0 }))) {
    const own = model.me.commit(insert)
    replica.append(own, { local: false, firstUnacked: model.unacked.length === 0, twice: false })
    model.unacked.push(own)
  }
  // The fifth fails with those it waits with, the last by itself.
  const inserts = numbered(40, (n) => ({ op: 'insert', table: 'plain', key: n === 5 ? 4 : n, value: 0 }))
  for (const insert of inserts) model.move(foreign(insert))
  model.move(foreign(inserts[39] as never, inserts[39] as never))
  const first = rebase.reconcile(model.target())
  expect(first.failures.map(({ commit }) => idOf(commit))).toEqual(['others.41', 'others.6'])
  const more = numbered(40, (n) => ({ op: 'insert', table: 'plain', key: 100 + n, value: 0 }))
  for (const insert of more) model.move(foreign(insert))
  const next = rebase.reconcile(model.target())
  expect(next).toMatchObject({ failures: [], undone: [] })
  expect(next.skipped).toHaveLength(40)
  expect(rowsOf(replica.driver, schema).get('plain')).toHaveLength(39 + 40 + 10)
})

test('a materializer reads what was inserted before it', () => {
  const totals = table('totals', { id: integer().primaryKey(), n: integer() })
  const events = defineEvents({
    added: event('v1.Added', numberedLine),
    counted: event('v1.Counted', numberedLine),
  })
  const schema = defineSchema({
    version: 1,
    tables: { lines, totals },
    events,
    materializers: {
      added: (line) => lines.insert(line),
      counted: (of, ctx) => totals.insert({ ...of, n: ctx.query(lines.count()) }),
    },
  })
  const { replica, rebase } = rebasing(schema, true)
  const model = new OrderModel(schema)
  for (let n = 0; n < 120; n++)
    model.move(foreign(events.added({ id: n }), ...(n % 3 ? [] : [events.added({ id: -1 - n })])))
  for (let n = 0; n < 10; n++)
    for (const one of [events.added({ id: 1_000 + n }), events.counted({ id: n })]) model.move(foreign(one))
  rebase.reconcile(model.target())
  const counted = rowsOf(replica.driver, schema).get('totals')
  expect(counted).toEqual(Array.from({ length: 10 }, (_, n) => [n, 161 + n]))
})
