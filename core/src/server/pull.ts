import type { Clock } from '../base/clock.ts'
import { StoreError } from '../base/errors.ts'
import type { FanOut } from './fan-out.ts'
import type { LogPage } from './log-page.ts'

/** How often a full line is looked at, ms: from, doubling while nothing moves, to. */
const FIRST_LOOK = 1
const LAST_LOOK = 64

/** What a pull needs of its connection. */
export interface PullHost {
  readonly clock: Clock
  readonly fanOut: FanOut
  readonly frameBytes: number
  readonly stallMs: number
  /** True while the log takes a push of this connection: its `pushed` goes first. */
  readonly appending: boolean
  /** True while the network has enough to do. */
  readonly congested: boolean
  /** Bytes that wait for the network. */
  readonly buffered: number
  send(frame: string): void
  ended(pull: Pull): void
  fail(error: unknown): void
}

/**
 * One pull. Nothing is queued for a slow reader: a full line pauses the pull, which later goes on reading from where it was.
 *
 *     asked ──allowed──▶ reading ⇄ idle (live: at the head) | paused (line full) | held (own push being appended) ──▶ stopped
 */
export class Pull {
  readonly ref: number
  readonly #host: PullHost
  readonly #limit: number
  readonly #live: boolean
  readonly #unsubscribe: (() => void) | null
  #position: number
  /** Whatever the log does meanwhile, nothing is sent before `start` (rule ISO-1). */
  #state: 'asked' | 'reading' | 'idle' | 'paused' | 'held' | 'stopped' = 'asked'
  #answered = false
  #cancelLook: (() => void) | null = null

  constructor(host: PullHost, options: { ref: number; after: number; limit: number; live: boolean }) {
    this.#host = host
    this.ref = options.ref
    this.#position = options.after
    this.#limit = options.limit
    this.#live = options.live
    this.#unsubscribe = options.live ? host.fanOut.subscribe(() => this.#state === 'idle' && this.#run()) : null
  }

  get live(): boolean {
    return this.#live
  }

  start(): void {
    this.#run()
  }

  /** Events up to here were sent under this pull. */
  get position(): number {
    return this.#position
  }

  /** The `count` events after `after` are its own, or came with the answer to a push: this reader need not be sent them. */
  skip(after: number, count: number): void {
    if (this.#live && this.#position >= after) this.#position = Math.max(this.#position, after + count)
  }

  /** The connection's push is answered. */
  release(): void {
    if (this.#state === 'held') this.#run()
  }

  stop(): void {
    this.#state = 'stopped'
    this.#unsubscribe?.()
    this.#cancelLook?.()
    this.#cancelLook = null
  }

  #run(): void {
    this.#state = 'reading'
    this.#pump().catch((error) => this.#host.fail(error))
  }

  async #pump(): Promise<void> {
    while (this.#mayRead()) {
      const page = await this.#host.fanOut.page(this.#position, this.#limit)
      if (this.#state === 'stopped') return
      // Own pushes and `skip` may have come in between: the page is kept, and looked at again.
      if (!this.#host.appending && page.after === this.#position) this.#deliver(page)
    }
  }

  /** Decides what comes next; all but reading is left by a call from outside. */
  #mayRead(): boolean {
    if (this.#state === 'stopped') return false
    const { appending, congested, fanOut } = this.#host
    if (this.#answered && this.#position >= fanOut.head) this.#state = 'idle'
    else if (appending) this.#state = 'held'
    else if (congested) this.#pause()
    return this.#state === 'reading'
  }

  #deliver(page: LogPage): void {
    const { fanOut, frameBytes } = this.#host
    const { events } = page.encoded
    if (events.length === 0 && this.#answered) {
      this.#expectEvents(page)
      return
    }
    this.#answered = true
    this.#position = events.at(-1)?.seq ?? this.#position
    const head = Math.max(fanOut.head, this.#position)
    const envelope = { type: 'page', ref: this.ref, head, more: this.#position < head } as const
    for (const frame of page.frames(envelope, frameBytes)) this.#host.send(frame)
    if (!this.#live && this.#state !== 'stopped') {
      this.stop()
      this.#host.ended(this)
    }
  }

  #expectEvents(page: LogPage): void {
    if (page.version !== this.#host.fanOut.version || this.#position >= this.#host.fanOut.head) return
    throw new StoreError(
      'sync/backend-mismatch',
      `The server's log ends at ${page.head}, before the ${this.#host.fanOut.head} it had told of.`,
    )
  }

  #pause(): void {
    this.#state = 'paused'
    this.#look(FIRST_LOOK, this.#host.buffered, this.#host.clock.monotonic() + this.#host.stallMs)
  }

  #look(ms: number, before: number, deadline: number): void {
    const { clock, stallMs } = this.#host
    this.#cancelLook = clock.after(ms, () => {
      this.#cancelLook = null
      const { buffered, congested } = this.#host
      if (!congested) return this.#run()
      if (buffered < before) return this.#look(FIRST_LOOK, buffered, clock.monotonic() + stallMs)
      if (clock.monotonic() < deadline) return this.#look(Math.min(ms * 2, LAST_LOOK), before, deadline)
      this.#host.fail(
        new StoreError('sync/limit', `This reader took nothing for ${stallMs} ms. Connect again to go on.`, {
          retry: 'backoff',
        }),
      )
    })
  }
}
