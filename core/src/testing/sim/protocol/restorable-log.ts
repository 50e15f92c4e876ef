import { confirmEvent } from '../../../protocol/confirm-event.ts'
import { type ConfirmedEvent, splitCommits } from '../../../protocol/event-record.ts'
import type { LogHead, LogStore } from '../../../server/log-store.ts'
import { memoryLogStore } from '../../../server/memory-log-store.ts'

/** A backend's log that can be put back to an older state of itself, as from a backup. */
export class RestorableLog implements LogStore {
  readonly #storeId: string
  readonly #ids: () => string
  #id: string
  #log: LogStore
  /** Every log there has been, the one in use last: a restore begins another. */
  readonly timelines: ConfirmedEvent[][] = [[]]

  constructor(storeId: string, ids: () => string) {
    this.#storeId = storeId
    this.#ids = ids
    this.#id = ids()
    this.#log = memoryLogStore({ random: { id: () => this.#id } })
  }

  /** Name of the backend now. */
  get id(): string {
    return this.#id
  }

  /** What is in the log now. */
  get events(): readonly ConfirmedEvent[] {
    return this.timelines.at(-1) as ConfirmedEvent[]
  }

  /**
   * The log is the beginning of itself from now on: at most `length` events, cut at a commit's end.
   *
   * @param renamed the backend gets another `backendId`, as an operator should give it
   */
  restore(length: number, renamed: boolean): void {
    const commits = splitCommits(this.events.slice(0, length)).commits
    const kept = commits.flat()
    if (renamed) this.#id = this.#ids()
    this.#log = memoryLogStore({ random: { id: () => this.#id } })
    // Appends at once: an async function of the memory log runs to its end before it gives its promise.
    if (kept.length > 0) void this.#log.append(this.#storeId, 0, null, kept)
    this.timelines.push([...kept])
  }

  backendId(): Promise<string> {
    return this.#log.backendId()
  }

  head(storeId: string): Promise<LogHead> {
    return this.#log.head(storeId)
  }

  async append(...args: Parameters<LogStore['append']>): ReturnType<LogStore['append']> {
    const result = await this.#log.append(...args)
    if (result.kind === 'appended') {
      const timeline = this.timelines.at(-1) as ConfirmedEvent[]
      for (const [i, event] of args[3].entries()) timeline.push(confirmEvent(event, result.seqs[i] as number))
    }
    return result
  }

  read(...args: Parameters<LogStore['read']>): Promise<ConfirmedEvent[]> {
    return this.#log.read(...args)
  }

  find(...args: Parameters<LogStore['find']>): ReturnType<LogStore['find']> {
    return this.#log.find(...args)
  }

  claim(...args: Parameters<LogStore['claim']>): Promise<string | null> {
    return this.#log.claim(...args)
  }

  holds(...args: Parameters<LogStore['holds']>): Promise<boolean> {
    return this.#log.holds(...args)
  }

  watch(...args: Parameters<LogStore['watch']>): () => void {
    return this.#log.watch(...args)
  }

  close(): Promise<void> {
    return this.#log.close()
  }
}
