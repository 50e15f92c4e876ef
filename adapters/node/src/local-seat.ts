import {
  channelPair,
  type Frame,
  hostClock,
  type LeaderMessage,
  messageOf,
  type SessionMessage,
  StoreError,
} from '@livefold/core/adapter'
import { type LeaderSeat, RestartWait, type SessionRelay, tellFailure } from './leader-seat.ts'
import { type OpenLeader, type OpenLeaderOptions, openLeader } from './open-leader.ts'

/** A leader in this thread. One that was deposed or broke down is opened again; what cannot be opened is told. */
export class LocalSeat implements LeaderSeat {
  readonly #options: OpenLeaderOptions
  readonly #relays = new Set<SessionRelay>()
  readonly #clock = hostClock(globalThis)
  #leader: OpenLeader | null = null
  #closing = false
  #failure: StoreError | null = null
  #restart: NodeJS.Timeout | null = null
  readonly #wait = new RestartWait()

  constructor(options: OpenLeaderOptions) {
    this.#options = { ...options, onFailed: (error) => this.#failed(error) }
    this.#open()
  }

  join(relay: SessionRelay): void {
    this.#relays.add(relay)
    this.#lead(relay)
  }

  leave(relay: SessionRelay): void {
    this.#relays.delete(relay)
  }

  async close(): Promise<void> {
    this.#closing = true
    if (this.#restart) clearTimeout(this.#restart)
    await this.#leader?.close()
  }

  #open(): void {
    this.#wait.started()
    try {
      this.#leader = openLeader(this.#options)
    } catch (thrown) {
      this.#failure =
        thrown instanceof StoreError
          ? thrown
          : new StoreError('storage/io', `The store could not be opened: ${messageOf(thrown)}`, { cause: thrown })
    }
  }

  #lead(relay: SessionRelay): void {
    if (this.#failure) return tellFailure(relay, this.#failure.toJSON())
    const [session, leader] = channelPair<Frame<SessionMessage>, Frame<LeaderMessage>>(this.#clock)
    relay.use(session)
    this.#leader?.host.connect(leader)
  }

  #failed(error: StoreError): void {
    this.#leader = null
    if (this.#closing) return
    if (error.retry !== 'restart') {
      this.#failure = error
      return
    }
    this.#restart = setTimeout(() => {
      this.#restart = null
      this.#open()
      for (const relay of this.#relays) this.#lead(relay)
    }, this.#wait.next())
  }
}
