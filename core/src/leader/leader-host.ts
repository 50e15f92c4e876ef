import { messageOf, StoreError } from '../base/errors.ts'
import { loadTexts } from '../base/late-text.ts'
import type { LeaderMessage, LeaderStatus } from '../protocol/leader-messages.ts'
import { Leader } from './leader.ts'
import type { LeaderOptions } from './leader-options.ts'
import type { LeaderChannel } from './leader-session.ts'

/** The epoch of frames from before there is a leader. */
export const NO_EPOCH = 0

/**
 * A leader from before it is open to after it is closed: sessions may connect at any time, hear how far opening and
 * rebuilding are, and why it failed.
 */
export class LeaderHost {
  readonly #options: LeaderOptions
  #waiting: LeaderChannel[] | null = []
  #leader: Leader | null = null
  #failure: StoreError | null = null
  #closed = false
  readonly #since: number
  /** Share of a rebuild that is done; null where none runs. */
  #rebuild: number | null = null
  /** Settles when the leader is open, has failed to, or was closed before. */
  readonly opened: Promise<void>

  constructor(options: LeaderOptions) {
    this.#options = options
    this.#since = options.clock.now()
    this.opened = this.#open()
  }

  get leader(): Leader | null {
    return this.#leader
  }

  connect(channel: LeaderChannel): void {
    if (this.#closed) return channel.close()
    if (this.#leader) return this.#leader.connect(channel)
    if (this.#failure) return tell(channel, { type: 'failed', error: this.#failure.toJSON() })
    this.#waiting?.push(channel)
    tell(channel, this.#status())
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.opened
    this.#leader?.close()
  }

  async #open(): Promise<void> {
    try {
      const leader = await Leader.open(this.#options, (done) => {
        this.#rebuild = done
        this.#tellAll(this.#status())
      })
      this.#leader = leader
      if (this.#closed) return
      for (const channel of this.#waiting ?? []) leader.connect(channel)
    } catch (thrown) {
      // What cannot be opened is for the app to judge; only what a new leader could better is tried again.
      const error =
        thrown instanceof StoreError
          ? final(thrown)
          : new StoreError('storage/io', `The leader could not open the store: ${messageOf(thrown)}`, { cause: thrown })
      this.#failure = error
      this.#tellAll({ type: 'failed', error: error.toJSON() })
      this.#options.onFailed?.(error)
    } finally {
      loadTexts()
      this.#waiting = null
    }
  }

  /** While it opens. */
  #status(): LeaderMessage {
    const { sync, storage } = this.#options
    const [rebuild, since] = [this.#rebuild, this.#since]
    const status: LeaderStatus = {
      phase: rebuild === null ? 'starting' : 'rebuilding',
      connection: sync ? 'offline' : 'none',
      backendHead: 0,
      storage,
      waits: rebuild === null ? [] : [{ code: 'rebuild', detail: 'the state to be folded anew from the log', since }],
      error: null,
      quarantined: [],
      rebuild,
    }
    return { type: 'status', status }
  }

  #tellAll(message: LeaderMessage): void {
    for (const channel of this.#waiting ?? []) tell(channel, message)
  }
}

function tell(channel: LeaderChannel, message: LeaderMessage): void {
  channel.send({ epoch: NO_EPOCH, message })
}

function final(error: StoreError): StoreError {
  if (error.retry === 'restart' || error.retry === 'no') return error
  return new StoreError(error.code, error.message, { details: error.details, cause: error })
}
