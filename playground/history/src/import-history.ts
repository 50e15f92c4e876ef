import { commitEvents } from './commit-events.ts'
import { FlightWindow } from './flight-window.ts'
import { readChanges } from './git-changes.ts'
import type { GitCommit } from './git-commits.ts'
import type { HistoryStore } from './open-store.ts'
import { commitRows } from './schema.ts'
import { inStep, until, whenStopped } from './sync-wait.ts'

export interface ImportOptions {
  readonly directory: string
  /** Hash of the newest commit; its first-parent line is imported. */
  readonly tip: string
  /** Ends after this place on the line. */
  readonly limit: number
  /** Imports only the odd or the even places, so that two importers can share a history. */
  readonly only: 'odd' | 'even' | null
  readonly signal: AbortSignal
  /** Called with every git commit that is confirmed whole; `skipped` ones were there before. */
  onConfirmed?(done: ImportProgress): void
  /** Called after each git commit handed to the store. */
  onCommitted?(done: ImportProgress): void
}

export interface ImportProgress {
  /** Git commits that this run imported. */
  readonly imported: number
  /** Git commits of the line that the store had before. */
  readonly skipped: number
  /** Events committed in this run. */
  readonly events: number
}

/** The store holds another history than the one to import. */
export class HistoryMismatch extends Error {
  override readonly name = 'HistoryMismatch'
}

// Events that may wait for their place in the global order: keeps the leader's queue, and each rebase, small.
const WINDOW_EVENTS = 5_000

/**
 * Commits the first-parent line of `tip` that the store does not have yet, one store commit per git commit (see
 * `commitEvents` for the exception), and resolves when the backend has ordered all of it. Waits first until the
 * client is in step with the backend, since what others imported must not be imported again. Can be cut at any time
 * and started again.
 */
export async function importHistory(store: HistoryStore, options: ImportOptions): Promise<ImportProgress> {
  const { directory, tip, signal } = options
  await until(store, signal, () => inStep(store))
  const known = new Map(store.query(commitRows).map((row) => [row.n, row]))
  const count = { imported: 0, skipped: 0, events: 0 }
  const confirmed = { imported: 0, skipped: 0, events: 0 }

  const wanted = (commit: GitCommit): boolean | 'stop' => {
    if (commit.n > options.limit) return 'stop'
    if (options.only && (commit.n % 2 === 1) !== (options.only === 'odd')) return false
    const row = known.get(commit.n)
    if (!row) return true
    if (row.hash !== commit.hash) throw new HistoryMismatch(mismatch(commit, row.hash))
    if (row.done < row.parts) return true
    confirmed.skipped = count.skipped += 1
    return false
  }

  const window = new FlightWindow(WINDOW_EVENTS)
  const abort = () => window.fail(signal.reason)
  signal.addEventListener('abort', abort)
  const unhear = whenStopped(store, (error) => window.fail(error))
  try {
    for await (const commit of readChanges(directory, tip, wanted)) {
      const parts = commitEvents(commit)
      for (const events of parts.slice(known.get(commit.n)?.done ?? 0)) {
        await window.room(events.length)
        const whole = events === parts.at(-1)
        window.add(events.length, store.commit(...events).confirmed, () => {
          confirmed.events += events.length
          if (whole) confirmed.imported += 1
          options.onConfirmed?.(confirmed)
        })
        count.events += events.length
      }
      count.imported += 1
      options.onCommitted?.(count)
    }
    await window.empty()
    return count
  } finally {
    unhear()
    signal.removeEventListener('abort', abort)
  }
}

function mismatch(commit: GitCommit, found: string): string {
  const what = `commit ${commit.n} is ${commit.hash} in git and ${found} in the store`
  return `${what}: the store holds another history; import into a new --store`
}
