import { StoreError } from '../base/errors.ts'
import type { Commit } from '../protocol/event-record.ts'
import { type WriteForm, WriteOperation } from '../sql/write.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { type Applied, appliedOf } from './applied.ts'
import { foretell } from './foretell.ts'
import { isEnvironment, type Materialize } from './materialize.ts'
import type { Standing } from './standing.ts'

/** Of fewer commits nothing is gathered: a statement of many rows is compiled at its first use. */
const FEWEST = 128

/** Rows of one statement. */
const ROWS = 16

/** So many writes wait at most: enough for some statements of many rows, few enough for the processor's nearest cache. */
const MOST = 64

/** Places for rows, a power of two: the more, the fewer are taken for one. */
const SLOTS = 4_096

/** Writes of one form that wait, in order. */
interface Waiting {
  /** In `slots`. */
  readonly number: number
  readonly writes: WriteOperation[]
  readonly commits: Commit[]
  /** Inserts so many rows as a statement takes; null for other writes. */
  readonly many: WriteOperation | null
}

/** Stands in for `Materialize` during a burst. */
export interface GatheredWrites extends Pick<Materialize, 'outcome'> {
  /** Runs all that waits. Gives what of it has failed, among what is applied too. */
  end(): readonly Applied[]
}

/**
 * Runs writes of one form one after the other, inserts several to a statement: SQLite's code and pages stay in the processor's caches. Commits of
 * one write wait, and count as done meanwhile. They commute: those of different forms write different rows, and depend on no others.
 *
 * @returns null when there are too few
 */
export function gatherWrites(standing: Standing, commits: number): GatheredWrites | null {
  if (commits < FEWEST) return null
  const { materialize, driver, schema, applied } = standing
  const waiting = new Map<WriteForm, Waiting>()
  /** The number of the form in which writes of a row wait; 0 for none. */
  const slots = new Uint32Array(SLOTS)
  let count = 0
  /** Names of events whose materializers read, so that what waits is to be run before them, or throw. */
  const readers = new Set<string | undefined>()
  const failures: Applied[] = []

  function waits(write: WriteOperation, commit: Commit): boolean {
    const { form, binds } = write
    let own = waiting.get(form)
    if (!own) {
      const { table, keyPlaces, kind, sql } = form
      // Another row matters where one is sought by a predicate, or has to differ in more than its key.
      if (!keyPlaces || keyPlaces.includes(-1) || schema.tables.get(table ?? '')?.uniqueIndexes) return false
      // Without OR FAIL SQLite copies pages, to take back the rows before one that fails.
      const all = sql.replace('insert', 'insert or fail') + `, (${binds.map(() => '?')})`.repeat(ROWS - 1)
      const many = kind === 'insert' ? new WriteOperation({ ...form, sql: all }, []) : null
      own = { number: waiting.size + 1, writes: [], commits: [], many }
      waiting.set(form, own)
    }
    const slot = slotOf(binds[form.keyPlaces?.at(-1) as number])
    if (slots[slot] && slots[slot] !== own.number) flush()
    slots[slot] = own.number
    own.writes.push(write)
    own.commits.push(commit)
    if (++count === MOST) flush()
    return true
  }

  function flush(): void {
    count = 0
    slots.fill(0)
    for (const { writes, commits, many } of waiting.values()) {
      for (let done = 0; done < writes.length; ) {
        const several = many && done + ROWS <= writes.length
        if (several) fill(many.binds as SqlValue[], writes, done)
        try {
          materialize.write(several ? many : (writes[done] as WriteOperation))
          done += several ? ROWS : 1
        } catch (thrown) {
          if (isEnvironment(thrown)) throw thrown
          // The rows before the one that fails stay.
          if (several && (thrown as StoreError).code === 'materializer/failed')
            done += driver.prepare('select changes()').value() as number
          fail(writes[done] as WriteOperation, commits[done] as Commit)
          done++
        }
      }
      writes.length = commits.length = 0
    }
  }

  /** Has it fail once more, to say why. */
  function fail(write: WriteOperation, commit: Commit): void {
    const error = materialize.outcome(commit, false, { writes: [write], ends: null, pure: true })
    if (!(error instanceof StoreError)) return
    const said = applied.findLast((one) => one.commit === commit)
    failures.push(Object.assign(said ?? appliedOf(commit, error), { error, writes: null }))
  }

  return {
    outcome(commit, local, known = null) {
      const name = commit[0]?.name
      const told = known || readers.has(name) ? known : foretell(materialize, commit)
      if (!told?.pure) readers.add(name)
      else if (told.writes.length === 1 && waits(told.writes[0] as WriteOperation, commit)) return told
      flush()
      return materialize.outcome(commit, local, told)
    },
    end() {
      flush()
      return failures
    },
  }
}

function fill(binds: SqlValue[], writes: readonly WriteOperation[], from: number): void {
  let place = 0
  for (let i = from; i < from + ROWS; i++)
    for (const value of (writes[i] as WriteOperation).binds) binds[place++] = value
}

/** Where a row is looked for, by the last part of its key. */
function slotOf(part: SqlValue | undefined): number {
  if (typeof part !== 'string') return Number(part) & (SLOTS - 1)
  let print = 0
  for (let i = Math.max(0, part.length - 5); i < part.length; i++) print = print * 31 + part.charCodeAt(i)
  return print & (SLOTS - 1)
}
