import type { Frame, LeaderMessage, LeaderStatus, StoreErrorData } from '@livefold/core/adapter'

/** Less room than this, bytes, and a failed write is put down to the quota: one transaction may want that much. */
const TIGHT = 4 * 2 ** 20

/**
 * OPFS says of an exceeded quota no more than SQLITE_IOERR. The estimate tells: a status that blames the medium is told once as it is,
 * and again with the cause when the quota is used up.
 */
export class StorageFault {
  readonly #storeId: string
  readonly #again: () => void
  #full: { readonly usage: number; readonly quota: number } | null = null
  #asking = false

  /** `again` tells sessions the last status once more. */
  constructor(storeId: string, again: () => void) {
    this.#storeId = storeId
    this.#again = again
  }

  /** The message as sessions are to get it. */
  explain(frame: Frame<LeaderMessage>): Frame<LeaderMessage> {
    const { message } = frame
    if (message.type !== 'status') return frame
    if (message.status.error?.code !== 'storage/io') {
      this.#full = null
      return frame
    }
    if (this.#full === null) {
      void this.#ask()
      return frame
    }
    return { ...frame, message: { type: 'status', status: this.#explained(message.status) } }
  }

  #explained(status: LeaderStatus): LeaderStatus {
    const { usage, quota } = this.#full ?? { usage: 0, quota: 0 }
    const error: StoreErrorData = {
      code: 'storage/full',
      message: `Store ${this.#storeId} cannot be written: this site uses ${usage} of the ${quota} bytes it may. Free space; nothing is lost, and it goes on by itself.`,
      details: { ...status.error?.details, storeId: this.#storeId, usage, quota },
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
      this.#full = { usage, quota }
      this.#again()
    } finally {
      this.#asking = false
    }
  }
}
