import type { Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimProcess } from './sim-process.ts'

/** One direction of an ordered carrier: what is put in comes out later, in order, or not at all. */
export class Pipe<T> {
  readonly #scheduler: Scheduler
  readonly #receiver: SimProcess
  readonly #deliver: (item: T) => void
  #items: { readonly item: T; readonly due: number }[] = []
  #lastDue = 0
  /** What would come out later than this is lost. */
  #cutAt = Number.POSITIVE_INFINITY
  /** Nothing comes out before this. */
  #heldUntil = 0

  constructor(scheduler: Scheduler, receiver: SimProcess, deliver: (item: T) => void) {
    this.#scheduler = scheduler
    this.#receiver = receiver
    this.#deliver = deliver
  }

  /** Items under way. */
  get items(): readonly T[] {
    return this.#items.map(({ item }) => item)
  }

  put(item: T, delay: number): void {
    const { now } = this.#scheduler
    this.#lastDue = Math.max(this.#lastDue, this.#heldUntil, now + delay)
    this.#items.push({ item, due: this.#lastDue })
    this.#scheduler.schedule(this.#lastDue - now, this.#receiver, 'frame', () => this.#out())
  }

  /** The item put in last changes places with one of those before it, unless that one `stays`. */
  shuffle(random: SeededRandom, stays: (item: T) => boolean): void {
    const last = this.#items.length - 1
    const other = random.int(last + 1)
    const [a, b] = [this.#items[other], this.#items[last]]
    if (!a || !b || other === last || stays(a.item)) return
    this.#items[other] = { item: b.item, due: a.due }
    this.#items[last] = { item: a.item, due: b.due }
  }

  /** What is under way and would come out after `ms` more is lost, and everything put in from now on. */
  cut(ms: number): void {
    this.#cutAt = Math.min(this.#cutAt, this.#scheduler.now + ms)
  }

  /** Holds everything back for `ms`, without loss. */
  stall(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#scheduler.now + ms)
    const { now } = this.#scheduler
    this.#items = this.#items.map(({ item, due }) => ({ item, due: Math.max(due, this.#heldUntil) }))
    this.#lastDue = Math.max(this.#lastDue, this.#heldUntil)
    if (this.#items.length > 0)
      this.#scheduler.schedule(this.#heldUntil - now, this.#receiver, 'frame', () => this.#out())
  }

  /** Hands out all that is due: messages that arrive together are a burst. */
  #out(): void {
    const { now } = this.#scheduler
    for (;;) {
      const [first] = this.#items
      if (!first || first.due > now) return
      // A frame beyond the cut is gone, but it still takes room in the sender's buffer.
      if (first.due > this.#cutAt || now > this.#cutAt) return
      this.#items.shift()
      this.#deliver(first.item)
      if (!this.#receiver.alive) return
    }
  }
}
