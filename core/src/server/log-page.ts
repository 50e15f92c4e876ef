import { utf8Length } from '../base/json-size.ts'
import { confirmEvent } from '../protocol/confirm-event.ts'
import type { ConfirmedEvent, EventRecord } from '../protocol/event-record.ts'
import { argsTexts, confirmedText } from '../protocol/event-text.ts'
import { type EncodedEvents, type Envelope, framesOf } from '../protocol/parts.ts'

/** Envelopes whose frames are kept: readers that stand together mostly use one. */
const KEPT_FRAMES = 4
/** Newest events kept encoded, in pages' sizes. */
const KEPT_PAGES = 2

interface At {
  /** Position that the events follow. */
  readonly after: number
  /** The log's head when it was read. */
  readonly head: number
  /** `FanOut.version` when the read began. */
  readonly version: number
}

/** Whole commits after a position, encoded once for all who read them. */
export class LogPage {
  readonly encoded: EncodedEvents<ConfirmedEvent>
  readonly bytes: number
  readonly after: number
  readonly head: number
  readonly version: number
  readonly #frames = new Map<string, string[]>()

  constructor(encoded: EncodedEvents<ConfirmedEvent>, at: At) {
    this.encoded = encoded
    this.bytes = encoded.sizes.reduce((sum, size) => sum + size, 0)
    this.after = at.after
    this.head = Math.max(at.head, encoded.events.at(-1)?.seq ?? 0)
    this.version = at.version
  }

  /** Encodes whole commits until `bytes` are reached: at least one. */
  static of(events: readonly ConfirmedEvent[], bytes: number, at: At): LogPage {
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
    const taken = texts.length === events.length ? events : events.slice(0, texts.length)
    return new LogPage({ events: taken, texts, sizes }, at)
  }

  /** The frames under this envelope, the same strings for all who ask. */
  frames(envelope: Envelope, frameBytes: number): readonly string[] {
    const key = JSON.stringify(envelope)
    let frames = this.#frames.get(key)
    if (!frames) {
      frames = framesOf(envelope, this.encoded, frameBytes)
      if (this.#frames.size < KEPT_FRAMES) this.#frames.set(key, frames)
    }
    return frames
  }
}

/** The newest events of a log, encoded: an unbroken run, cut off at the front when it grows beyond a few pages. */
export class RecentEvents {
  readonly #pageBytes: number
  #events: ConfirmedEvent[] = []
  #texts: string[] = []
  #sizes: number[] = []
  #bytes = 0

  constructor(pageBytes: number) {
    this.#pageBytes = pageBytes
  }

  add(after: number, events: readonly EventRecord[]): void {
    if (this.#events.at(-1)?.seq !== after) this.clear()
    const args = argsTexts(events)
    for (const [i, event] of events.entries()) {
      const confirmed = confirmEvent(event, after + 1 + i)
      const text = confirmedText(confirmed, confirmed.seq, args[i] as string)
      const size = utf8Length(text)
      this.#events.push(confirmed)
      this.#texts.push(text)
      this.#sizes.push(size)
      this.#bytes += size
    }
    this.#trim()
  }

  /** The whole commits that follow `after`, up to a page; null where that is not known here. */
  page(after: number, limit: number, at: { readonly head: number; readonly version: number }): LogPage | null {
    const start = after + 1 - (this.#events[0]?.seq ?? 0)
    if (start < 0 || start >= this.#events.length) return null
    let end = start
    for (let bytes = 0; end < this.#events.length; ) {
      bytes += this.#sizes[end] as number
      const { joined } = this.#events[end++] as ConfirmedEvent
      if (!joined && (bytes >= this.#pageBytes || end - start >= limit)) break
    }
    const slice = <T>(all: readonly T[]) => all.slice(start, end)
    const encoded = { events: slice(this.#events), texts: slice(this.#texts), sizes: slice(this.#sizes) }
    return new LogPage(encoded, { after, head: at.head, version: at.version })
  }

  clear(): void {
    this.#events = []
    this.#texts = []
    this.#sizes = []
    this.#bytes = 0
  }

  #trim(): void {
    const kept = KEPT_PAGES * this.#pageBytes
    // Twice that before anything is cut: so that cutting, which moves all the rest, is rare.
    if (this.#bytes <= 2 * kept) return
    let count = 0
    while (this.#bytes > kept && count < this.#events.length) this.#bytes -= this.#sizes[count++] as number
    for (const list of [this.#events, this.#texts, this.#sizes]) list.splice(0, count)
  }
}
