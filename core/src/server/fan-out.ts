import { utf8Length } from '../base/json.ts'
import type { ConfirmedEvent } from '../protocol/event-record.ts'
import type { EncodedEvents } from '../protocol/parts.ts'
import type { LogStore } from './log-store.ts'

/** Pages kept for readers at the same position. */
const KEPT_PAGES = 4

/** Whole commits after a position, encoded once for all who read them. */
export interface LogPage {
  readonly after: number
  readonly encoded: EncodedEvents<ConfirmedEvent>
  /** The log's head when it was read. */
  readonly head: number
  /** `FanOut.version` when the read began. */
  readonly version: number
}

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
  readonly #pageBytes: number
  readonly #pages = new Map<string, { readonly page: Promise<LogPage>; readonly version: number; filled: boolean }>()
  readonly #subscribers = new Set<() => void>()
  #unwatch: (() => void) | null = null

  constructor(log: LogStore, storeId: string, pageBytes: number) {
    this.#log = log
    this.#storeId = storeId
    this.#pageBytes = pageBytes
  }

  get subscribers(): number {
    return this.#subscribers.size
  }

  /** Calls `wake` after each change of the log. The log is watched as long as anybody listens. Returns stop. */
  subscribe(wake: () => void): () => void {
    this.#subscribers.add(wake)
    this.#unwatch ??= this.#log.watch(this.#storeId, ({ seq }) => this.#changed(seq))
    return () => {
      if (!this.#subscribers.delete(wake) || this.#subscribers.size > 0) return
      this.#unwatch?.()
      this.#unwatch = null
    }
  }

  /** Up to `limit` events after `after`, rounded up to a commit's end. */
  page(after: number, limit: number): Promise<LogPage> {
    const key = `${after} ${limit}`
    const kept = this.#pages.get(key)
    if (kept && (kept.filled || kept.version === this.version)) return kept.page
    const page = this.#read(after, limit)
    const entry = { page, version: this.version, filled: false }
    this.#pages.delete(key)
    this.#pages.set(key, entry)
    const forget = () => {
      if (this.#pages.get(key) === entry) this.#pages.delete(key)
    }
    page.then(({ encoded }) => {
      // The log never changes below its head: a page with events stays true. Worth keeping for company only, and not if huge:
      // many quiet stores would fill the memory.
      if (encoded.events.length > 0 && this.subscribers > 1 && bytesOf(encoded) <= 2 * this.#pageBytes)
        entry.filled = true
      else forget()
    }, forget)
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= KEPT_PAGES) break
      this.#pages.delete(oldest)
    }
    return page
  }

  async #read(after: number, limit: number): Promise<LogPage> {
    const { version } = this
    this.reads++
    const events = await this.#log.read(this.#storeId, after, limit, this.#pageBytes)
    const encoded = encodeUpTo(events, this.#pageBytes)
    const { seq } = await this.#log.head(this.#storeId)
    const head = Math.max(seq, events.at(-1)?.seq ?? 0)
    this.head = Math.max(this.head, head)
    return { after, encoded, head, version }
  }

  #changed(head: number): void {
    this.head = Math.max(this.head, head)
    this.version++
    for (const wake of [...this.#subscribers]) wake()
  }
}

function bytesOf({ sizes }: EncodedEvents): number {
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Encodes whole commits until `bytes` are reached: at least one. */
function encodeUpTo(events: readonly ConfirmedEvent[], bytes: number): EncodedEvents<ConfirmedEvent> {
  const texts: string[] = []
  const sizes: number[] = []
  let total = 0
  for (const event of events) {
    const text = JSON.stringify(event)
    const size = utf8Length(text)
    texts.push(text)
    sizes.push(size)
    total += size
    if (total >= bytes && !event.joined) break
  }
  return { events: texts.length === events.length ? events : events.slice(0, texts.length), texts, sizes }
}
