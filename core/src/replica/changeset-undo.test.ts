import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { openLogTables } from '../eventlog/tables.ts'
import type { Commit } from '../protocol/event-record.ts'
import type { NewEvent } from '../schema/event.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { todoEvents as events, todoSchema, withMaterializers } from '../testing/todo-schema.ts'
import { ChangesetUndo } from './changeset-undo.ts'
import { LeaderReplica } from './leader-replica.ts'
import { Rebase } from './rebase.ts'
import { createStateTables } from './state-tables.ts'
import type { Reconciled } from './target.ts'
import { localEvents, syncedEvents } from './testing/arbitrary-events.ts'
import { idOf } from './testing/author.ts'
import { type Move, OrderModel } from './testing/order-model.ts'
import { Replay, rowsOf } from './testing/replay.ts'

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ type: fc.constantFrom('foreign' as const, 'other' as const, 'other' as const), events: syncedEvents }),
  fc.record({ type: fc.constantFrom('confirm' as const), at: fc.constantFrom(0, 0, 0, 1) }),
  fc.record({ type: fc.constantFrom('remove' as const), at: fc.nat(3) }),
)

interface Step {
  readonly moves: readonly Move[]
  readonly local: readonly NewEvent[]
  /** What ends it: the transaction stands, or is rolled back; or the leader leaves the state alone and is replaced. */
  readonly end: 'commit' | 'rollback' | 'log-only'
  readonly reload: boolean
}

const step: fc.Arbitrary<Step> = fc.record({
  moves: fc.array(move, { minLength: 1, maxLength: 5 }),
  local: localEvents,
  end: fc.constantFrom('commit', 'commit', 'commit', 'rollback', 'log-only'),
  reload: fc.boolean(),
})

const open: { close(): void }[] = []

afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

function memory(): SqliteDriver {
  const driver = openMemory()
  open.push(driver)
  return driver
}

/** A leader's replica on its file, beside the model of the order. */
class LeaderRig {
  readonly driver = memory()
  readonly model = new OrderModel(todoSchema)
  readonly runs = new Map<string, number>()
  readonly #tables = todoSchema.syncedTables.map(({ name }) => name)
  /** Ids of commits that may have reached the backend: never rejected. */
  readonly pushed: (commit: Commit) => boolean
  rejected: Commit[] = []
  replica: LeaderReplica
  rebase: Rebase
  undo: ChangesetUndo
  readonly #all = new Map<string, Commit>()

  constructor(pushed: (commit: Commit) => boolean = () => false) {
    this.pushed = pushed
    openLogTables(this.driver)
    createStateTables(this.driver, todoSchema)
    this.undo = new ChangesetUndo(this.driver, this.#tables)
    this.replica = this.#open(0)
    this.rebase = this.#rebaseOf(this.replica)
  }

  move(...moves: readonly Move[]): void {
    for (const one of moves) this.model.move(one)
    for (const commit of [...this.model.pending, ...this.model.confirmed]) this.#all.set(idOf(commit), commit)
  }

  /** One write transaction; locals are written in it. */
  reconcile(local: readonly Commit[] = [], fail = false): Reconciled {
    this.rejected = []
    try {
      return this.driver.transaction(() => {
        for (const commit of local) this.replica.applyLocal(commit)
        const { unacked: _, unackedLocal: __, ...target } = this.model.target()
        const done = this.rebase.reconcile({ ...target, local: [], unacked: [], unackedLocal: [] })
        if (fail) throw new Error('the medium fails')
        return done
      })
    } finally {
      this.undo.abandon()
      this.model.pending = this.model.pending.filter((commit) => !this.rejected.includes(commit))
    }
  }

  /** As the next leader finds the file. */
  reload(base: number): void {
    this.undo = new ChangesetUndo(this.driver, this.#tables)
    this.replica = this.#open(base)
    this.rebase = this.#rebaseOf(this.replica)
    // The log has it all: nothing is newly confirmed.
    this.model.target()
  }

  #open(base: number): LeaderReplica {
    return new LeaderReplica({
      driver: this.driver,
      schema: withMaterializers(todoSchema, (materializer) => (args, ctx) => {
        this.runs.set(ctx.event.id, (this.runs.get(ctx.event.id) ?? 0) + 1)
        return materializer(args, ctx)
      }),
      base,
      confirmed: this.model.confirmedAfter(base),
      applied: this.undo.applied.map(({ id, error }) => ({ commit: this.#all.get(id)!, error })),
    })
  }

  #rebaseOf({ standing }: LeaderReplica): Rebase {
    return new Rebase(standing, {
      undo: this.undo,
      reject: (commit) => {
        if (this.pushed(commit)) return false
        this.rejected.push(commit)
        return true
      },
    })
  }
}

describe('a leader’s replica', () => {
  test('STATE-1 STATE-2 after every transaction the file equals a replay, and its undo records tell what is applied', () => {
    const replay = new Replay(memory(), todoSchema)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, allPushed) => {
        const rig = new LeaderRig((commit) => allPushed || commit.length === 2)
        const locals: Commit[] = []
        for (const one of steps) {
          const { base } = rig.replica
          rig.runs.clear()
          rig.move(...one.moves)
          if (one.end === 'log-only') {
            rig.reload(base)
            rig.reconcile()
          } else if (one.end === 'rollback') {
            expect(() => rig.reconcile([], true)).toThrow('the medium fails')
            // Rolled back: those rejected in it are pending again, in a place of their own.
            rig.model.pending.push(...rig.rejected)
            rig.runs.clear()
            rig.reload(base)
            rig.reconcile()
          } else {
            const local = rig.model.me.commit(...one.local)
            locals.push(local)
            rig.reconcile([local])
          }
          expect(Math.max(0, ...rig.runs.values())).toBeLessThanOrEqual(1)
          if (one.reload) rig.reload(rig.replica.base)

          const { confirmed, pending } = rig.model
          expect(rowsOf(rig.driver, todoSchema)).toEqual(replay.rows(confirmed, pending, locals))
          const onDisk = new ChangesetUndo(rig.driver, []).applied.map(({ id }) => id)
          const wanted = [...rig.model.confirmedAfter(rig.replica.base), ...pending].map(idOf)
          expect(onDisk).toEqual(wanted)
          expect(rig.replica.base).toBeLessThanOrEqual(rig.replica.head)
          expect(rig.replica.head).toBe(rig.model.head)
        }
        rig.driver.close()
      }),
      { numRuns: 400 },
    )
  }, 120_000)

  test('STATE-3 apply then undo leaves the tables as they were', () => {
    fc.assert(
      fc.property(fc.array(syncedEvents, { maxLength: 8 }), fc.array(syncedEvents, { maxLength: 8 }), (first, then) => {
        const rig = new LeaderRig(() => true)
        rig.move(...first.map((given) => ({ type: 'foreign' as const, events: given })))
        rig.reconcile()
        const before = rowsOf(rig.driver, todoSchema)
        rig.move(...then.map((given) => ({ type: 'other' as const, events: given })))
        rig.reconcile()
        rig.model.pending = []
        rig.reconcile()
        expect(rowsOf(rig.driver, todoSchema)).toEqual(before)
        rig.driver.close()
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  test('STATE-3 undoes two rows that took over each other’s unique value', () => {
    const rig = new LeaderRig()
    const foreign = (...given: NewEvent[]): Move => ({ type: 'foreign', events: given })
    rig.move(foreign(events.handleSet({ owner: 'ann', handle: 'h' }), events.handleSet({ owner: 'bob', handle: 'i' })))
    rig.reconcile()
    const before = rowsOf(rig.driver, todoSchema)
    rig.move({ type: 'other', events: [events.handlesSwapped({ a: 'ann', b: 'bob' })] })
    rig.reconcile()
    expect(rowsOf(rig.driver, todoSchema)).not.toEqual(before)
    rig.model.pending = []
    rig.reconcile()
    expect(rowsOf(rig.driver, todoSchema)).toEqual(before)
    // The index is still there, and still forbids.
    rig.move({ type: 'other', events: [events.handleSet({ owner: 'eve', handle: 'h' })] })
    rig.reconcile()
    expect(rig.rejected).toHaveLength(1)
  })

  test('remembers over a restart that a pushed commit has no effect, and reports it when it is confirmed', () => {
    const rig = new LeaderRig(() => true)
    rig.move(
      { type: 'other', events: [events.counted({ id: 1, by: 1 })] },
      { type: 'other', events: [events.countedUnlessOdd({ id: 1 })] },
    )
    rig.reconcile()
    rig.reload(rig.replica.base)
    rig.move({ type: 'confirm', at: 0 }, { type: 'confirm', at: 0 })
    const { failures, replayed } = rig.reconcile()
    expect(replayed).toEqual([])
    expect(failures).toMatchObject([{ confirmed: true, error: { code: 'materializer/failed' } }])
  })

  test('base moves past a record once all its commits are confirmed, not before', () => {
    const rig = new LeaderRig()
    const two = () => ({ type: 'other' as const, events: [events.counted({ id: 1, by: 1 })] })
    rig.move(two(), two())
    rig.reconcile()
    rig.move(two())
    rig.reconcile()
    const bases: number[] = []
    for (let i = 0; i < 3; i++) {
      rig.move({ type: 'confirm', at: 0 })
      expect(rig.reconcile().replayed).toEqual([])
      bases.push(rig.replica.base)
    }
    expect(bases).toEqual([0, 2, 3])
  })

  test('BND-1 lets go of the recorder when a transaction fails', () => {
    const rig = new LeaderRig()
    rig.move({ type: 'other', events: [events.counted({ id: 1, by: 1 })] })
    const failing = new LeaderReplica({
      driver: rig.driver,
      schema: withMaterializers(todoSchema, () => () => rig.driver.exec('ROLLBACK') as never),
      base: 0,
      confirmed: [],
      applied: [],
    })
    expect(() =>
      rig.driver.transaction(() => new Rebase(failing.standing, { undo: rig.undo }).reconcile(rig.model.target())),
    ).toThrow()
    rig.undo.abandon()
    // Watching is refused while a recorder is open.
    rig.driver.watch(() => {})
    rig.driver.watch(null)
  })
})
