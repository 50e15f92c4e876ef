import type { Frame, LeaderMessage, LeaderStatus, StoreErrorData } from '@livefold/core/adapter'

/** Less room than this, bytes, and a failed write is put down to the quota: one transaction may want that much. */
const TIGHT = 4 * 2 ** 20

/**
 * OPFS says of an exceeded quota no more than SQLITE_IOERR to SQLite. What the file system threw tells, or the estimate where it threw
 * something vague: the status that blames the medium gets its cause.
 */
export class StorageFault {
  readonly #storeId: string
  readonly #again: () => void
  #full = false
  #asking = false

  /** `again` tells sessions the last status once more. */
  constructor(storeId: string, again: () => void) {
    this.#storeId = storeId
    this.#again = again
  }

  /** What the file system threw. */
  heard(thrown: unknown): void {
    if (thrown instanceof DOMException && thrown.name === 'QuotaExceededError') this.#full = true
  }

  /** The message as sessions are to get it. */
  explain(frame: Frame<LeaderMessage>): Frame<LeaderMessage> {
    const { message } = frame
    if (message.type !== 'status') return frame
    if (message.status.error?.code !== 'storage/io') {
      this.#full = false
      return frame
    }
    if (this.#full) return { ...frame, message: { type: 'status', status: this.#explained(message.status) } }
    void this.#ask()
    return frame
  }

  #explained(status: LeaderStatus): LeaderStatus {
    const error: StoreErrorData = {
      code: 'storage/full',
      message: `Store ${this.#storeId} cannot be written: this site has used up its storage. Free space; nothing is lost, and it goes on by itself.`,
      details: { ...status.error?.details, storeId: this.#storeId },
      retry: 'backoff',
    }
    return {
      ...status,
      error,
      waits: status.waits.map((wait) => (wait.code === 'storage' ? { ...wait, detail: error.message } : wait)),
    }
  }

  async #ask(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      const { usage = 0, quota = Number.POSITIVE_INFINITY } = await navigator.storage.estimate()
      if (quota - usage > TIGHT) return
      this.#full = true
      this.#again()
    } finally {
      this.#asking = false
    }
  }
}
