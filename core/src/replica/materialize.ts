import { DEVELOPMENT } from '../base/development.ts'
import { messageOf, StoreError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Commit, EventRecord } from '../protocol/event-record.ts'
import type { AnyMaterializer, MaterializerContext } from '../schema/materializer.ts'
import type { AnySchema } from '../schema/schema.ts'
import { planOf } from '../sql/plan.ts'
import type { ResultOf } from '../sql/query.ts'
import { bindsKey } from '../sql/query-plan.ts'
import { runPlan } from '../sql/run-plan.ts'
import { type WriteForm, type WriteOperation, writesOf } from '../sql/write.ts'
import type { Access, ReplicaDriver, SqliteStatement } from '../sqlite/driver.ts'
import { type MaterializeAccess, materializeAccessOf, type SideAccess } from './access.ts'
import { type CommitWrites, noWrites } from './commit-writes.ts'
import { EventContext } from './event-context.ts'
import type { RowChanges } from './row-changes.ts'

/** What is to be done with an event. */
interface Fold {
  readonly local: boolean
  readonly run: AnyMaterializer | undefined
  /** `ctx.query` */
  readonly read: MaterializerContext['query']
}

/** Folds commits into the state tables of one database, each atomically (rule LOG-3). */
export class Materialize {
  readonly #driver: ReplicaDriver
  readonly #access: MaterializeAccess
  /** What is to be done with events of each name. */
  readonly #folds = new Map<string, Fold>()
  /** Gathers the rows that are written; none where nobody can hear of them. */
  changes: RowChanges | null
  /** A materializer's function is running: nothing may be committed now. */
  evaluating = false
  /** The materializer that ran last has read through `ctx`. */
  #hasRead = false

  constructor(driver: ReplicaDriver, schema: AnySchema, changes: RowChanges | null = null) {
    this.#driver = driver
    this.#access = materializeAccessOf(schema)
    this.changes = changes
    const reader =
      ({ read }: SideAccess): MaterializerContext['query'] =>
      (query) =>
        this.#read(query, read)
    const syncedRead = reader(this.#access.synced)
    const localRead = reader(this.#access.local)
    for (const { name, local } of schema.events.values()) {
      this.#folds.set(name, { local, run: schema.materializers.get(name), read: local ? localRead : syncedRead })
    }
  }

  /**
   * Applies all events of a commit or none. Needs an open transaction or savepoint.
   *
   * @param local which log the commit stands in; events that this schema puts on the other side are unknown to it (STATE-5).
   *   A commit with an unknown event has no effect until a schema knows them all.
   * @param known what its first events write on whatever state, where that is known: their materializers are not run then
   * @param twice runs each materializer a second time and compares (rule STATE-4); for development
   * @throws StoreError `materializer/failed` or `materializer/impure` when the commit is at fault,
   *   `storage/*` when the environment is.
   */
  commit(commit: Commit, local: boolean, known: CommitWrites | null = null, twice = false): CommitWrites {
    if (!this.knows(commit, local)) return noWrites
    this.#hasRead = false
    if (commit.length > 1) return this.#several(commit, local, known, twice)
    const only = commit[0] as EventRecord
    const done = known?.pure ? known : null
    const writes = done ? done.writes : this.#writes(only, twice)
    // SQLite undoes a statement that fails by itself: one write needs no savepoint. Raw SQL may say OR FAIL.
    if (writes.length <= 1 && writes[0]?.form.kind !== 'sql') this.#run(only, local, writes, 0)
    else this.#atomically(() => this.#run(only, local, writes, 0))
    return done ?? { writes, ends: null, pure: !this.#hasRead }
  }

  #several(commit: Commit, local: boolean, known: CommitWrites | null, twice: boolean): CommitWrites {
    const writes = known ? known.writes.slice() : []
    const ends = known?.ends ? known.ends.slice() : []
    this.#atomically(() => {
      for (let i = 0; i < commit.length; i++) {
        const event = commit[i] as EventRecord
        if (i === ends.length) {
          for (const write of this.#writes(event, twice)) writes.push(write)
          ends.push(writes.length)
        }
        this.#run(event, local, writes, i === 0 ? 0 : (ends[i - 1] as number), ends[i])
      }
    })
    return known?.pure ? known : { writes, ends, pure: !this.#hasRead }
  }

  /** What a commit wrote, or its fault: it has no effect then. Throws for the environment alone. */
  outcome(commit: Commit, local: boolean, known: CommitWrites | null = null): CommitWrites | StoreError {
    try {
      return this.commit(commit, local, known)
    } catch (thrown) {
      if (thrown instanceof StoreError && thrown.code.startsWith('materializer/')) return thrown
      throw thrown
    }
  }

  /** Each of its events is one of this schema's, on that side. */
  knows(commit: Commit, local: boolean): boolean {
    for (let i = 0; i < commit.length; i++) {
      if (this.#folds.get((commit[i] as EventRecord).name)?.local !== local) return false
    }
    return true
  }

  #atomically(run: () => void): void {
    const driver = this.#driver
    driver.prepare('SAVEPOINT livefold_commit').run()
    try {
      run()
    } catch (thrown) {
      this.#putBack(thrown)
      throw thrown
    }
    driver.prepare('RELEASE livefold_commit').run()
  }

  #putBack(thrown: unknown): void {
    try {
      this.#driver.prepare('ROLLBACK TO livefold_commit').run()
      this.#driver.prepare('RELEASE livefold_commit').run()
    } catch (second) {
      // A full or failing medium makes SQLite roll back the whole transaction, savepoints too: the first error tells why.
      throw isEnvironment(thrown) ? thrown : second
    }
    this.changes?.distrust()
  }

  #writes(event: EventRecord, twice: boolean): readonly WriteOperation[] {
    const writes = this.evaluate(event)
    if (DEVELOPMENT && twice && !equalWrites(writes, this.evaluate(event))) {
      throw new StoreError('materializer/impure', differing(event), {
        details: { event: event.name, eventId: event.id },
      })
    }
    return writes
  }

  /** What the materializer of an event that is known returns; `query`: its `ctx.query`, the fold's own unless given. */
  evaluate(event: EventRecord, query?: MaterializerContext['query']): readonly WriteOperation[] {
    const { run, read } = this.#folds.get(event.name) as Fold
    this.evaluating = true
    try {
      const result = run?.(frozen(event.args), new EventContext(event, query ?? read))
      if (DEVELOPMENT && run && result === undefined) {
        throw new StoreError('materializer/failed', nothingReturned())
      }
      return writesOf(result)
    } catch (thrown) {
      throw blame(event, thrown)
    } finally {
      this.evaluating = false
    }
  }

  #read<Q>(query: Q, access: Access): ResultOf<Q> {
    this.#hasRead = true
    return runPlan(this.#driver, planOf(query), access) as never
  }

  /** Runs the writes of one event: those from `from` to `end`. */
  #run(event: EventRecord, local: boolean, writes: readonly WriteOperation[], from: number, end = writes.length): void {
    const access = (local ? this.#access.local : this.#access.synced).write
    try {
      // By index, as all loops over each commit are: an iterator over one entry costs 100 bytes.
      for (let i = from; i < end; i++) refuseRollback((writes[i] as WriteOperation).form)
      for (let i = from; i < end; i++) {
        this.write(writes[i] as WriteOperation, access)
      }
    } catch (thrown) {
      this.changes?.distrust()
      throw blame(event, thrown)
    }
  }

  /** Runs one write; of a synced commit unless `access` says otherwise. */
  write(write: WriteOperation, access?: Access): void {
    this.changes?.beforeWrite(write)
    this.statementOf(write.form, access).run(write.binds)
  }

  /** What runs writes of that form, once `changes` knows of them. */
  statementOf({ sql }: WriteForm, access: Access = this.#access.synced.write): SqliteStatement {
    return this.#driver.prepare(sql, access)
  }
}

// Functions, so that what development alone says has no entry among the texts of production.

function nothingReturned(): string {
  return 'it returned nothing. Writes happen by being returned: `return todos.insert(…)`, a list of several, `[]` for none.'
}

function differing({ name, id }: EventRecord): string {
  return (
    `The materializer of ${name} gave two different results for event ${id}. ` +
    'It may use only its arguments, ctx.event and ctx.query: no clock, no chance, no outside state.'
  )
}

/** Args that no materializer can change: the event is still to be stored, sent and replayed. */
function frozen(args: Json): Json {
  if (typeof args !== 'object' || args === null || Object.isFrozen(args)) return args
  if (Array.isArray(args)) for (const item of args) frozen(item)
  else {
    const members = args as { readonly [key: string]: Json }
    for (const key in members) frozen(members[key] as Json)
  }
  return Object.freeze(args)
}

/** With white space and comments between the words. */
const OR_ROLLBACK = /\bor(?:\s|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)+rollback\b/i

/** The one conflict clause that ends the transaction: everybody's work in it would go, and what follows stand alone. */
function refuseRollback({ kind, sql }: WriteForm): void {
  if (kind !== 'sql' || !OR_ROLLBACK.test(sql)) return
  throw new StoreError('query/invalid', `OR ROLLBACK would undo more than this event; use OR ABORT, in: ${sql}`)
}

/** True for failures of disk, memory or connection, which say nothing about the event that met them. */
export function isEnvironment(thrown: unknown): boolean {
  return thrown instanceof StoreError && (thrown.code.startsWith('storage/') || thrown.code === 'store/closed')
}

function blame(event: EventRecord, thrown: unknown): unknown {
  if (isEnvironment(thrown)) return thrown
  const details = thrown instanceof StoreError ? thrown.details : {}
  return new StoreError(
    'materializer/failed',
    `The materializer of ${event.name} failed on event ${event.id}: ${messageOf(thrown)}`,
    { details: { ...details, event: event.name, eventId: event.id }, cause: thrown },
  )
}

function equalWrites(a: readonly WriteOperation[], b: readonly WriteOperation[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ sql, binds }, i) => sql === b[i]?.sql && bindsKey(binds) === bindsKey(b[i].binds))
  )
}
