import type { Clock } from '../base/clock.ts'
import type { EventRecord } from '../protocol/event-record.ts'
import { LogPage, RecentEvents } from './log-page.ts'
import type { LogStore } from './log-store.ts'

/** Pages kept for readers at the same position. */
const KEPT_PAGES = 4
/** Readers told of a change between two looks at what arrives: a crowd of readers must not hold up the writers. */
const WAKES = 16

/** One store's log as its connections read it: one read per position, shared by all that stand there. */
export class FanOut {
  /** Highest head heard of. */
  head = 0
  /** Raised by each change of the log: a read begun before may have missed it. */
  version = 0
  /** Reads of the log. */
  reads = 0
  readonly #log: LogStore
  readonly #storeId: string
  readonly #clock: Clock
  readonly #pageBytes: number
  readonly #pages = new Map<string, { readonly page: Promise<LogPage>; readonly version: number; filled: boolean }>()
  readonly #recent: RecentEvents
  readonly #subscribers = new Set<() => void>()
  readonly #toWake = new Set<() => void>()
  #waking = false
  #unwatch: (() => void) | null = null

  constructor(options: { log: LogStore; storeId: string; clock: Clock; pageBytes: number }) {
    this.#log = options.log
    this.#storeId = options.storeId
    this.#clock = options.clock
    this.#pageBytes = options.pageBytes
    this.#recent = new RecentEvents(options.pageBytes)
  }

  get subscribers(): number {
    return this.#subscribers.size
  }

  /**
   * Calls `wake` some time after each change of the log, once for however many there were by then. The log is watched as long as
   * anybody listens. Returns stop.
   */
  subscribe(wake: () => void): () => void {
    this.#subscribers.add(wake)
    this.#unwatch ??= this.#log.watch(this.#storeId, ({ seq }) => this.#changed(seq))
    return () => {
      this.#toWake.delete(wake)
      if (!this.#subscribers.delete(wake) || this.#subscribers.size > 0) return
      this.#unwatch?.()
      this.#unwatch = null
      this.#recent.clear()
    }
  }

  /** These events were appended by a push of this process: readers get them without a read of the log. */
  appended(after: number, events: readonly EventRecord[]): void {
    // The one who pushed them need not hear of them.
    if (this.subscribers > 1) this.#recent.add(after, events)
    else this.#recent.clear()
  }

  /** The log was found to go on beyond `after`: a read begun before may have missed it, even where nobody watches. */
  outgrown(after: number): void {
    if (this.head <= after) this.version++
  }

  /** A head that nobody told of, as where nobody watches: other reads under way may have missed what is new. */
  #foundAt(head: number): void {
    if (head <= this.head) return
    this.head = head
    this.version++
  }

  /** Up to `limit` events after `after`, rounded up to a commit's end. */
  page(after: number, limit: number): Promise<LogPage> {
    const key = `${after} ${limit}`
    const kept = this.#pages.get(key)
    if (kept && (kept.filled || kept.version === this.version)) return kept.page
    const recent = this.#recent.page(after, limit, this)
    const page = recent ? Promise.resolve(recent) : this.#read(after, limit)
    const entry = { page, version: this.version, filled: false }
    this.#pages.delete(key)
    this.#pages.set(key, entry)
    if (!recent) this.#keepIfFilled(key, entry)
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= KEPT_PAGES) break
      this.#pages.delete(oldest)
    }
    return page
  }

  #keepIfFilled(key: string, entry: { readonly page: Promise<LogPage>; filled: boolean }): void {
    const forget = () => {
      if (this.#pages.get(key) === entry) this.#pages.delete(key)
    }
    entry.page.then(({ encoded, bytes }) => {
      // The log never changes below its head: a page with events stays true. Worth keeping for company only, and not if huge:
      // many quiet stores would fill the memory.
      if (encoded.events.length > 0 && this.subscribers > 1 && bytes <= 2 * this.#pageBytes) entry.filled = true
      else forget()
    }, forget)
  }

  async #read(after: number, limit: number): Promise<LogPage> {
    const { version } = this
    this.reads++
    const events = await this.#log.read(this.#storeId, after, limit, this.#pageBytes)
    const { seq } = await this.#log.head(this.#storeId)
    const page = LogPage.of(events, this.#pageBytes, { after, head: seq, version })
    this.#foundAt(page.head)
    return page
  }

  #changed(head: number): void {
    this.head = Math.max(this.head, head)
    this.version++
    for (const wake of this.#subscribers) this.#toWake.add(wake)
    this.#wakeSoon()
  }

  #wakeSoon(): void {
    if (this.#waking) return
    this.#waking = true
    this.#clock.soon(() => {
      this.#waking = false
      if (this.#toWake.size === 0) return this.#rest()
      let count = 0
      for (const wake of this.#toWake) {
        if (count++ === WAKES) break
        this.#toWake.delete(wake)
        wake()
      }
      this.#wakeSoon()
    })
  }

  /** All have been told. What is kept of a quiet store would add up over many of them. */
  #rest(): void {
    this.#recent.clear()
    for (const [key, { filled }] of this.#pages) if (!filled) this.#pages.delete(key)
  }
}
