import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { NewEvent } from '../schema/event.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { todoEvents as events, todoSchema, withMaterializers } from '../testing/todo-schema.ts'
import { ChangeCollector } from './change-collector.ts'
import { commutingSkip } from './commuting-skip.ts'
import { Rebase } from './rebase.ts'
import { Replica } from './replica.ts'
import type { ChangeBatch } from './row-changes.ts'
import { SavepointUndo } from './savepoint-undo.ts'
import { Savepoints } from './savepoints.ts'
import { createStateTables } from './state-tables.ts'
import { localEvents, syncedEvents } from './testing/arbitrary-events.ts'
import { idOf } from './testing/author.ts'
import { expectedBatch, normalBatch } from './testing/net-changes.ts'
import { type Move, OrderModel } from './testing/order-model.ts'
import { Replay, rowsOf } from './testing/replay.ts'

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ type: fc.constantFrom('foreign' as const, 'other' as const), events: syncedEvents }),
  fc.record({ type: fc.constant('otherLocal' as const), events: localEvents }),
  fc.record({ type: fc.constantFrom('confirm' as const), at: fc.constantFrom(0, 0, 0, 1) }),
  fc.record({ type: fc.constantFrom('remove' as const, 'retract' as const), at: fc.nat(3) }),
  fc.record({ type: fc.constantFrom('ack' as const, 'ack' as const, 'confirmUnacked' as const, 'ackLocal' as const) }),
)

type Step =
  | { readonly type: 'append'; readonly events: readonly NewEvent[]; readonly local: boolean }
  | { readonly type: 'reconcile'; readonly moves: readonly Move[] }
  | { readonly type: 'watch'; readonly places: readonly number[] }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('append' as const), events: syncedEvents, local: fc.constant(false) }),
  fc.record({ type: fc.constant('append' as const), events: localEvents, local: fc.constant(true) }),
  fc.record({ type: fc.constant('reconcile' as const), moves: fc.array(move, { minLength: 1, maxLength: 5 }) }),
  fc.record({ type: fc.constant('watch' as const), places: fc.subarray([0, 1]) }),
)

const open: { close(): void }[] = []

afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

function memory(): SqliteDriver {
  const driver = openMemory()
  open.push(driver)
  return driver
}

/** A session's replica beside the model of what it is told. */
class SessionRig {
  readonly driver = memory()
  readonly model = new OrderModel(todoSchema)
  readonly runs = new Map<string, number>()
  readonly replica: Replica
  readonly rebase: Rebase
  places: readonly number[] = []
  batch: ChangeBatch | null = null

  constructor() {
    createStateTables(this.driver, todoSchema)
    const schema = withMaterializers(todoSchema, (materializer) => (args, ctx) => {
      const writes = materializer(args, ctx)
      // One that was to tell its writes ahead, and reads the state, has been broken off before.
      this.runs.set(ctx.event.id, (this.runs.get(ctx.event.id) ?? 0) + 1)
      return writes
    })
    const changes = new ChangeCollector(this.driver, schema)
    this.replica = new Replica({
      driver: this.driver,
      schema,
      base: 0,
      savepoints: new Savepoints(this.driver),
      changes,
    })
    this.rebase = new Rebase(this.replica.standing, {
      undo: new SavepointUndo(this.replica.standing),
      skip: commutingSkip,
    })
    this.replica.watch = { columns: () => this.places }
    this.replica.onChange = (batch) => {
      expect(this.batch).toBeNull()
      this.batch = batch
    }
  }

  append(given: readonly NewEvent[], local: boolean): boolean {
    const { model } = this
    const commit = model.me.commit(...given)
    const firstUnacked = model.unacked.length === 0 && model.unackedLocal.length === 0
    try {
      this.replica.append(commit, { local, firstUnacked, twice: false })
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'materializer/failed' })
      return false
    }
    if (local) model.unackedLocal.push(commit)
    else model.unacked.push(commit)
    return true
  }

  reconcile(...moves: readonly Move[]) {
    for (const one of moves) this.model.move(one)
    return this.rebase.reconcile(this.model.target())
  }

  wanted(replay: Replay) {
    const { confirmed, pending, unacked, local, unackedLocal } = this.model
    return replay.rows(confirmed, pending, unacked, local, unackedLocal)
  }
}

describe('a session’s replica', () => {
  test('STATE-1 QRY-1 after every call its tables equal a replay of the order, and its news equals what changed', () => {
    const replay = new Replay(memory(), todoSchema)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const rig = new SessionRig()
        for (const one of steps) {
          const before = rowsOf(rig.driver, todoSchema)
          rig.runs.clear()
          rig.batch = null
          if (one.type === 'append') rig.append(one.events, one.local)
          else if (one.type === 'reconcile') rig.reconcile(...one.moves)
          else rig.places = one.places

          const after = rowsOf(rig.driver, todoSchema)
          expect(after).toEqual(rig.wanted(replay))
          expect(normalBatch(rig.batch, rig.places)).toEqual(expectedBatch(todoSchema, before, after, rig.places))
          expect(Math.max(0, ...rig.runs.values())).toBeLessThanOrEqual(1)
          expect(rig.replica.base).toBeLessThanOrEqual(rig.replica.head)
          expect(rig.replica.head).toBe(rig.model.head)
        }
        rig.replica.close()
        rig.driver.close()
      }),
      { numRuns: 400 },
    )
  }, 120_000)

  test('STATE-3 apply then undo leaves the tables as they were', () => {
    fc.assert(
      fc.property(fc.array(syncedEvents, { maxLength: 8 }), fc.array(syncedEvents, { maxLength: 8 }), (first, then) => {
        const rig = new SessionRig()
        rig.reconcile(...first.map((given) => ({ type: 'foreign' as const, events: given })))
        const before = rowsOf(rig.driver, todoSchema)
        for (const given of then) rig.append(given, false)
        rig.model.unacked = []
        rig.reconcile()
        expect(rowsOf(rig.driver, todoSchema)).toEqual(before)
        rig.driver.close()
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  test('keeps what agrees: an ack and an own confirmation run nothing', () => {
    const rig = new SessionRig()
    for (let i = 0; i < 5; i++) rig.append([events.counted({ id: 1, by: i })], false)
    const all = Array.from({ length: 5 }, () => ({ type: 'ack' as const }))
    expect(rig.reconcile(...all)).toMatchObject({ undone: [], replayed: [] })
    expect(rig.reconcile({ type: 'confirm', at: 0 }, { type: 'confirm', at: 0 })).toMatchObject({
      undone: [],
      replayed: [],
    })
    expect([rig.replica.base, rig.replica.head]).toEqual([0, 2])
    rig.reconcile({ type: 'confirm', at: 0 }, { type: 'confirm', at: 0 }, { type: 'confirm', at: 0 })
    expect([rig.replica.base, rig.replica.head]).toEqual([5, 5])
  })

  test('undoes its own unacked commits without those that the leader holds', () => {
    const rig = new SessionRig()
    const others = Array.from({ length: 50 }, () => ({
      type: 'other' as const,
      events: [events.counted({ id: 1, by: 1 })],
    }))
    rig.reconcile(...others)
    rig.append([events.counted({ id: 2, by: 1 })], false)
    const { undone, replayed } = rig.reconcile({ type: 'other', events: [events.counted({ id: 1, by: 2 })] })
    expect(undone.map((commit) => commit[0]?.args)).toEqual([{ id: 2, by: 1 }])
    expect(replayed.map((commit) => commit[0]?.args)).toEqual([
      { id: 1, by: 2 },
      { id: 2, by: 1 },
    ])
  })

  test('moves base past long confirmed runs under pending commits, at a bounded cost per commit', () => {
    const rig = new SessionRig()
    rig.append([events.counted({ id: 1, by: 1 })], false)
    rig.reconcile({ type: 'ack' })
    let replayed = 0
    for (let i = 0; i < 1_500; i++) {
      // Own commits, each confirmed a little later: something is pending at all times.
      rig.append([events.counted({ id: 1, by: i })], false)
      replayed += rig.reconcile({ type: 'ack' }, { type: 'confirm', at: 0 }).replayed.length
    }
    expect(rig.replica.head - rig.replica.base).toBeLessThan(300)
    expect(replayed).toBeLessThan(2 * 1_500)
    expect(rowsOf(rig.driver, todoSchema)).toEqual(rig.wanted(new Replay(memory(), todoSchema)))
  })

  test('takes as many commits at once as a long log has', () => {
    const rig = new SessionRig()
    const commit = rig.model.me.commit({ name: 'v1.OfANewerApp', args: {}, local: false })
    const many = Array.from({ length: 200_000 }, () => commit as never)
    rig.rebase.reconcile({ confirmed: many, pending: [], unacked: [], local: [], unackedLocal: [] })
    expect(rig.replica.head).toBe(200_000)
  })

  test('tries a commit that threw again when what is below it changes, and tells which confirmed ones failed', () => {
    const rig = new SessionRig()
    rig.append([events.counted({ id: 1, by: 2 })], false)
    expect(rig.append([events.countedUnlessOdd({ id: 1 })], false)).toBe(true)
    const [, second] = rig.model.unacked
    // The foreign count makes it odd.
    const { failures } = rig.reconcile({ type: 'foreign', events: [events.counted({ id: 1, by: 1 })] })
    expect(failures).toMatchObject([{ commit: second, confirmed: false }])
    const again = rig.reconcile({ type: 'confirmUnacked' }, { type: 'confirmUnacked' })
    expect(again.failures.map(({ commit, confirmed }) => [idOf(commit), confirmed])).toEqual([[idOf(second!), true]])
  })

  test('QRY-1 tells a query mounted after a commit that an undo took the row back', () => {
    const rig = new SessionRig()
    rig.append([events.todoPut({ id: 'a', title: 'mine', rank: 0 })], false)
    rig.places = [0, 1]
    rig.model.unacked = []
    rig.reconcile()
    expect(rig.batch?.find(([table]) => table === 'todos')?.[1]).toEqual([
      { key: ['a'], before: Object.assign(new Array(4), ['a', 'mine']), after: null, partial: false },
    ])
  })
})
