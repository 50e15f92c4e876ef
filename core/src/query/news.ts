import { effect, type Signal, signal, untracked } from '@preact/signals-core'
import { awaitTexts, messageFor } from '../base/late-text.ts'

/** Rounds in which listeners answer each other's news before it is called a circle. */
const MOST_TURNS = 100

const none: Teller[] = []

/** Somebody who is told at the end of a round that something changed. */
export interface Teller {
  /** Makes one update out of all that `run` tells; a framework's own batch. */
  readonly together?: ((run: () => void) => void) | null
  /** Set while it is among those who have news. */
  waits: boolean
  /** Never throws. */
  tell(): void
}

/**
 * Gathers who has news during a round, and has them tell it when the round is over: once each, all together, after the state and every
 * query are current.
 */
export class News {
  readonly #report: (error: unknown) => void
  #waiting: Teller[] = none
  #depth = 0
  #telling = false
  #closed = false
  /** Counts rounds that ended with news. Told by an effect: within a batch of the app's own, at the end of that. */
  readonly #due: Signal<number> = signal(0)
  readonly #stop: () => void

  /** `report` hears what a `together` throws, and of circles. */
  constructor(report: (error: unknown) => void) {
    this.#report = report
    this.#stop = effect(() => {
      if (this.#due.value > 0) untracked(() => this.#tell())
    })
  }

  /** Begins a round: news of what happens until its `end` is told after the outermost round. */
  begin(): void {
    this.#depth++
  }

  end(): void {
    this.#depth--
    this.#fall()
  }

  add(teller: Teller): void {
    if (this.#closed) return
    if (!teller.waits) {
      teller.waits = true
      // Most rounds have one, and a list that grows takes room for sixteen more.
      if (this.#waiting.length === 0) this.#waiting = [teller]
      else this.#waiting.push(teller)
    }
    this.#fall()
  }

  remove(teller: Teller): void {
    if (teller.waits) this.#waiting = this.#waiting.filter((each) => each !== teller)
    teller.waits = false
  }

  close(): void {
    this.#closed = true
    for (const teller of this.#waiting) teller.waits = false
    this.#waiting = none
    this.#stop()
  }

  /** News falls due. */
  #fall(): void {
    if (this.#depth > 0 || this.#telling || this.#waiting.length === 0) return
    try {
      this.#due.value = this.#due.peek() + 1
    } catch (error) {
      // Of an effect of the app, on a signal that a listener has set: not for whoever made the news.
      this.#report(error)
    }
  }

  #tell(): void {
    this.#telling = true
    for (let turn = 0; this.#waiting.length > 0; turn++) {
      if (turn === MOST_TURNS) {
        this.#report(circle('views'))
        break
      }
      const now = this.#waiting
      this.#waiting = none
      for (let i = 0; i < now.length; i++) (now[i] as Teller).waits = false
      try {
        tellAll(now)
      } catch (error) {
        this.#report(error)
      }
    }
    this.#telling = false
  }
}

function tellAll(tellers: readonly Teller[]): void {
  const [only] = tellers
  if (tellers.length === 1 && only && !only.together) return only.tell()
  let left = tellers
  const rest = () => {
    const now = left
    left = none
    for (let i = 0; i < now.length; i++) (now[i] as Teller).tell()
  }
  let run = rest
  for (const together of new Set(tellers.map((teller) => teller.together))) {
    const inner = run
    if (together) run = () => together(inner)
  }
  try {
    run()
  } catch (error) {
    // A batch that threw before it ran anything.
    rest()
    throw error
  }
}

/** `who` answer their own news without end. */
export function circle(who: string, cause?: unknown): Error {
  const error = new Error(
    messageFor(
      'circle',
      `News goes round in circles: ${who} commit in answer to what their own commits changed, over and over. Commit there only what ends by itself.`,
    ),
    { cause },
  )
  awaitTexts(error)
  return error
}
