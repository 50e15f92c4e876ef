import { StoreError } from '../base/errors.ts'
import type { Commit } from '../protocol/event-record.ts'
import { type WriteForm, WriteOperation } from '../sql/write.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { type Applied, appliedOf } from './applied.ts'
import type { CommitWrites } from './commit-writes.ts'
import { foretell } from './foretell.ts'
import { isEnvironment, type Materialize } from './materialize.ts'
import type { Standing } from './standing.ts'

/** Of fewer commits nothing is gathered: they would fill no statement of many rows. */
export const FEWEST = 32

/** Rows of one statement. */
const ROWS = 16

/** So many writes wait at most: enough for some statements of many rows, few enough for the processor's nearest cache. */
const MOST = 128

/** Places for rows, a power of two: the more, the fewer are taken for one. */
const SLOTS = 8_192

/** Writes of one form that wait, in order. */
interface Waiting {
  /** In `slots`. */
  readonly number: number
  /** Of the last part of the key among its values. */
  readonly keyPlace: number
  readonly writes: WriteOperation[]
  readonly commits: Commit[]
  /** What each of those commits writes. */
  readonly told: CommitWrites[]
  /** Inserts so many rows as a statement takes; null for other writes. */
  readonly many: WriteOperation | null
}

/** Forms that are remembered. */
const FORMS = 64

/**
 * Stands in for `Materialize` during a burst: runs writes of one form one after the other, inserts several to a statement, so that SQLite's code and
 * pages stay in the processor's caches. Commits of one write wait, and count as done meanwhile. They commute: those of different forms write
 * different rows, and depend on no others.
 */
export class GatheredWrites implements Pick<Materialize, 'outcome'> {
  readonly #standing: Standing
  readonly #waiting = new Map<WriteForm, Waiting>()
  /** The number of the form in which writes of a row wait; 0 for none. */
  readonly #slots = new Uint8Array(SLOTS)
  #count = 0
  /** Names of events whose materializers read, so that what waits is to be run before them. */
  readonly #readers = new Set<string | undefined>()
  #failures: Applied[] = []

  constructor(standing: Standing) {
    this.#standing = standing
  }

  /** A new burst. The one before may have been given up: what failed of it is told of elsewhere. */
  begin(): this {
    this.#failures = []
    return this
  }

  outcome(commit: Commit, local: boolean, known: CommitWrites | null = null): CommitWrites | StoreError {
    const { materialize } = this.#standing
    const name = commit[0]?.name
    const told = known || commit.length > 1 || this.#readers.has(name) ? known : foretell(materialize, commit)
    if (told?.pure && told.writes.length === 1 && this.#waits(told, commit)) return told
    this.#flush()
    const outcome = materialize.outcome(commit, local, told)
    if (commit.length === 1 && !(outcome instanceof StoreError || outcome.pure)) this.#readers.add(name)
    return outcome
  }

  /** Runs all that waits. Gives what has failed in this burst after it had to wait, among what is applied too; not in the order of the log. */
  end(): readonly Applied[] {
    this.#flush()
    // A form keeps no rows from here to the next burst.
    for (const { many } of this.#waiting.values()) if (many) (many.binds as SqlValue[]).length = 0
    if (this.#waiting.size > FORMS) this.#waiting.clear()
    return this.#failures
  }

  #waits(told: CommitWrites, commit: Commit): boolean {
    // Not as soon as it is full: the last to wait is among what is applied by now, and can be found there.
    if (this.#count === MOST) this.#flush()
    const write = told.writes[0] as WriteOperation
    const { form, binds } = write
    let own = this.#waiting.get(form)
    if (!own) {
      if (this.#waiting.size === 255) return false
      const made = this.#formOf(form, binds.length)
      if (!made) return false
      own = made
    }
    const slot = slotOf(binds[own.keyPlace])
    if (this.#slots[slot] && this.#slots[slot] !== own.number) this.#flush()
    this.#slots[slot] = own.number
    own.writes.push(write)
    own.commits.push(commit)
    own.told.push(told)
    this.#count++
    return true
  }

  #formOf(form: WriteForm, binds: number): Waiting | null {
    const { table, keyPlaces, kind, sql } = form
    // Another row matters where one is sought by a predicate, or has to differ in more than its key.
    if (!keyPlaces || keyPlaces.includes(-1) || this.#standing.schema.tables.get(table ?? '')?.uniqueIndexes)
      return null
    // Without OR FAIL SQLite copies pages, to take back the rows before one that fails.
    const all =
      sql.replace('insert', 'insert or fail') + `, (${Array.from({ length: binds }, () => '?')})`.repeat(ROWS - 1)
    const many = kind === 'insert' ? new WriteOperation({ ...form, sql: all }, []) : null
    const keyPlace = keyPlaces.at(-1) as number
    const own = { number: this.#waiting.size + 1, keyPlace, writes: [], commits: [], told: [], many }
    this.#waiting.set(form, own)
    return own
  }

  #flush(): void {
    if (this.#count === 0) return
    this.#count = 0
    this.#slots.fill(0)
    for (const [form, { writes, commits, told, many }] of this.#waiting) {
      for (let done = 0; done < writes.length; ) {
        const several = done + ROWS <= writes.length ? many : null
        const end = several ? done + ROWS : writes.length
        done = several ? this.#insert(several, writes, done) : this.#runFrom(done, form, writes)
        if (done === end) continue
        this.#fail(told[done] as CommitWrites, commits[done] as Commit)
        done++
      }
      writes.length = commits.length = told.length = 0
    }
  }

  /** Gives the place of the first that fails, else their number. */
  #runFrom(from: number, form: WriteForm, writes: readonly WriteOperation[]): number {
    const { materialize } = this.#standing
    let at = from
    try {
      const statement = materialize.statementOf(form)
      for (; at < writes.length; at++) {
        const write = writes[at] as WriteOperation
        materialize.changes?.beforeWrite(write)
        statement.run(write.binds)
      }
    } catch (thrown) {
      if (isEnvironment(thrown)) throw thrown
    }
    return at
  }

  /**
   * Runs as many as a statement takes. Gives the place after them, or of the one that fails: those before it stay. What SQLite ends by ABORT in the middle
   * (types of STRICT tables, rows too big) is refused when values are encoded, and never comes here.
   */
  #insert(many: WriteOperation, writes: readonly WriteOperation[], from: number): number {
    const { materialize, driver } = this.#standing
    fill(many.binds as SqlValue[], writes, from)
    try {
      materialize.write(many)
      return from + ROWS
    } catch (thrown) {
      if (isEnvironment(thrown)) throw thrown
      const { code } = thrown as StoreError
      return code === 'materializer/failed' ? from + (driver.prepare('select changes()').value() as number) : from
    }
  }

  /** Has it fail once more, to say why. */
  #fail(told: CommitWrites, commit: Commit): void {
    const { materialize, applied } = this.#standing
    const error = materialize.outcome(commit, false, told)
    if (!(error instanceof StoreError)) return
    const said = applied.findLast((one) => one.commit === commit)
    this.#failures.push(Object.assign(said ?? appliedOf(commit, error), { error, writes: null }))
  }
}

function fill(binds: SqlValue[], writes: readonly WriteOperation[], from: number): void {
  let place = 0
  for (let i = from; i < from + ROWS; i++) {
    const row = (writes[i] as WriteOperation).binds
    for (let column = 0; column < row.length; column++) binds[place++] = row[column] as SqlValue
  }
}

/** Where a row is looked for, by the last part of its key. */
function slotOf(part: SqlValue | undefined): number {
  if (typeof part !== 'string') return Number(part) & (SLOTS - 1)
  let print = 0
  for (let i = Math.max(0, part.length - 5); i < part.length; i++) print = print * 31 + part.charCodeAt(i)
  return print & (SLOTS - 1)
}
