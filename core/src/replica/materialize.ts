import { messageOf, StoreError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Commit, EventRecord } from '../protocol/event-record.ts'
import type { MaterializerContext } from '../schema/materializer.ts'
import type { AnySchema } from '../schema/schema.ts'
import { planOf } from '../sql/plan.ts'
import { runPlan } from '../sql/run-plan.ts'
import { type WriteOperation, writesOf } from '../sql/write.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { type MaterializeAccess, materializeAccessOf, type SideAccess } from './access.ts'

/** `unknown`: the schema lacks one of the events; the commit has no effect until a schema knows them all. */
export type Effect = 'applied' | 'unknown'

/** Folds commits into the state tables of one database, each atomically (rule LOG-3). */
export class Materialize {
  readonly #driver: SqliteDriver
  readonly #schema: AnySchema
  readonly #access: MaterializeAccess
  readonly #onUndone: () => void
  /** A materializer's function is running: nothing may be committed now. */
  evaluating = false

  /** `onUndone` hears that rows of a failed commit were put back: the preupdate hook stays silent about that. */
  constructor(driver: SqliteDriver, schema: AnySchema, onUndone: () => void = () => {}) {
    this.#driver = driver
    this.#schema = schema
    this.#access = materializeAccessOf(schema)
    this.#onUndone = onUndone
  }

  /**
   * Applies all events of a commit or none. Needs an open transaction or savepoint.
   *
   * @param local which log the commit stands in; events that this schema puts on the other side are unknown to it (STATE-5).
   * @param twice runs each materializer a second time and compares (STATE-4); for development.
   * @throws StoreError `materializer/failed` or `materializer/impure` when the commit is at fault,
   *   `storage/*` when the environment is.
   */
  commit(commit: Commit, local: boolean, twice = false): Effect {
    for (const event of commit) if (this.#schema.events.get(event.name)?.local !== local) return 'unknown'
    const [only] = commit
    if (commit.length === 1 && only) {
      const writes = this.#writes(only, twice)
      // SQLite undoes a statement that fails by itself: one write needs no savepoint. Raw SQL may say OR FAIL.
      if (writes.length <= 1 && writes[0]?.kind !== 'sql') this.#alone(only, writes)
      else this.#atomically(() => this.#run(only, writes))
    } else {
      this.#atomically(() => {
        for (const event of commit) this.#run(event, this.#writes(event, twice))
      })
    }
    return 'applied'
  }

  /** Like `commit`, but gives the fault of a commit, which has no effect then, and throws only for the environment. */
  attempt(commit: Commit, local: boolean): StoreError | null {
    try {
      this.commit(commit, local)
      return null
    } catch (thrown) {
      if (thrown instanceof StoreError && thrown.code.startsWith('materializer/')) return thrown
      throw thrown
    }
  }

  #alone(event: EventRecord, writes: readonly WriteOperation[]): void {
    try {
      this.#run(event, writes)
    } catch (thrown) {
      this.#onUndone()
      throw thrown
    }
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
    this.#onUndone()
  }

  #writes(event: EventRecord, twice: boolean): WriteOperation[] {
    const writes = this.#evaluate(event)
    if (twice && !equalWrites(writes, this.#evaluate(event))) {
      throw new StoreError(
        'materializer/impure',
        `The materializer of ${event.name} gave two different results for event ${event.id}. ` +
          'It may use only its arguments, ctx.event and ctx.query: no clock, no chance, no outside state.',
        { details: { event: event.name, eventId: event.id } },
      )
    }
    return writes
  }

  #evaluate(event: EventRecord): WriteOperation[] {
    const materializer = this.#schema.materializers.get(event.name)
    this.evaluating = true
    try {
      return writesOf(materializer?.(frozen(event.args), this.#context(event)))
    } catch (thrown) {
      throw blame(event, thrown)
    } finally {
      this.evaluating = false
    }
  }

  #context(event: EventRecord): MaterializerContext {
    const { id, name, clientId, sessionId, parent, at } = event
    const { read } = this.#accessFor(event)
    return {
      event: { id, name, clientId, sessionId, parent, at },
      query: (query) => runPlan(this.#driver, planOf(query), read) as never,
    }
  }

  #run(event: EventRecord, writes: readonly WriteOperation[]): void {
    const access = this.#accessFor(event).write
    try {
      for (const write of writes) if (write.kind === 'sql') refuseRollback(write.sql)
      for (const write of writes) this.#driver.prepare(write.sql, access).run(write.binds)
    } catch (thrown) {
      throw blame(event, thrown)
    }
  }

  #accessFor(event: EventRecord): SideAccess {
    return this.#schema.events.get(event.name)?.local ? this.#access.local : this.#access.synced
  }
}

/** Args that no materializer can change: the event is still to be stored, sent and replayed. */
function frozen(args: Json): Json {
  if (typeof args !== 'object' || args === null || Object.isFrozen(args)) return args
  for (const member of Object.values(args)) frozen(member)
  return Object.freeze(args)
}

/** The one conflict clause that ends the transaction: everybody's work in it would go, and what follows stand alone. */
function refuseRollback(sql: string): void {
  if (!/\bor\s+rollback\b/i.test(sql)) return
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
    a.every((write, i) => {
      const other = b[i]
      return (
        other !== undefined &&
        write.sql === other.sql &&
        write.binds.length === other.binds.length &&
        write.binds.every((bind, j) => equalBinds(bind, other.binds[j]))
      )
    })
  )
}

function equalBinds(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, i) => byte === b[i])
  }
  return Object.is(a, b)
}
