import {
  channelPair,
  type Frame,
  hostClock,
  type LeaderMessage,
  type RelayChannel,
  type SessionMessage,
  type StoreErrorData,
} from '@livefold/core/adapter'

export type SessionRelay = RelayChannel<Frame<SessionMessage>, Frame<LeaderMessage>>

/** Where a store's leader is: it comes back after a failure, and every session's relay is led to whoever is in office. */
export interface LeaderSeat {
  /** Leads a session to the leader, now and after each change, until `leave`. */
  join(relay: SessionRelay): void
  leave(relay: SessionRelay): void
  /** Resolves when file, lock and thread are free again. */
  close(): Promise<void>
}

/** First wait before a failed leader is started again, ms; doubled up to `RESTART_MAX`. */
const RESTART_FIRST = 100
const RESTART_MAX = 5_000
/** A leader that lived this long was sound, ms: its end is the first of its kind. */
const SOUND = 10_000

/** How long to wait before a leader that ended is started again. */
export class RestartWait {
  #startedAt = 0
  #wait = RESTART_FIRST

  started(): void {
    this.#startedAt = performance.now()
  }

  /** Milliseconds. */
  next(): number {
    if (performance.now() - this.#startedAt > SOUND) this.#wait = RESTART_FIRST
    const wait = this.#wait
    this.#wait = Math.min(RESTART_MAX, wait * 2)
    return wait
  }
}

/** For a session of a leader that cannot be opened: why not. */
export function tellFailure(relay: SessionRelay, error: StoreErrorData): void {
  const [session, leader] = channelPair<Frame<SessionMessage>, Frame<LeaderMessage>>(hostClock(globalThis))
  relay.use(session)
  // Its hellos have nobody to go to.
  leader.listen(() => {})
  leader.send({ epoch: 0, message: { type: 'failed', error } })
}
