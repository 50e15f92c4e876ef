import { StoreError, type StoreErrorData } from '@livefold/core/adapter'
import { type SeatDoctor, START_TIMEOUT, type Trouble, type WorkerSeat } from './worker-seat.ts'

/** First wait before a leader that failed is replaced, ms; doubled up to `RESTART_MAX`. */
const RESTART_FIRST = 100
const RESTART_MAX = 5_000
/** A worker that lived this long was sound, ms: its failure is the first of its kind. */
const SOUND = 10_000

export interface DoctorEvents {
  /** The second worker takes long as well; it may come yet. */
  late(error: StoreError): void
  /** No worker could be started: another tab may lead yet. */
  failed(error: StoreError): void
}

/** Puts another worker in the place of one that is in trouble: at once, or after a wait where that has not helped. */
export class WorkerDoctor implements SeatDoctor {
  readonly #seat: WorkerSeat
  readonly #events: DoctorEvents
  #retried = false
  /** Told that none could be started. */
  #told = false
  #wait = RESTART_FIRST

  constructor(seat: WorkerSeat, events: DoctorEvents) {
    this.#seat = seat
    this.#events = events
  }

  alive(): void {
    this.#retried = false
    this.#told = false
  }

  treat(trouble: Trouble): void {
    switch (trouble.type) {
      case 'late':
        return this.#late()
      case 'dead':
        return this.#dead(trouble.why)
      case 'over':
        return this.#over(trouble.error)
    }
  }

  #late(): void {
    // The second one may take its time, since on a slow line the script is still on its way; but the app hears of it.
    if (this.#retried) {
      return this.#events.late(startError(`it has not answered for ${(2 * START_TIMEOUT) / 1_000} s`))
    }
    this.#retried = true
    this.#seat.terminate()
    this.#seat.open()
  }

  #dead(why: string): void {
    const retry = !this.#retried
    this.#retried = true
    if (retry) return this.#seat.open()
    // The page may be offline, where no script is had that the browser does not keep.
    this.#seat.openIn(RESTART_MAX)
    if (this.#told) return
    this.#told = true
    this.#events.failed(startError(why))
  }

  #over(error: StoreErrorData | null): void {
    if (this.#seat.age > SOUND) this.#wait = RESTART_FIRST
    const wait = error === null ? 0 : this.#wait
    if (error) this.#wait = Math.min(RESTART_MAX, wait * 2)
    this.#seat.openIn(wait)
  }
}

function startError(why: string): StoreError {
  return new StoreError(
    'leader/lost',
    `The leader worker did not start (${why}). Check the file given to webAdapter({ worker }): it has to load, and to call runLeaderWorker. Check the Content-Security-Policy too.`,
    { retry: 'restart' },
  )
}
