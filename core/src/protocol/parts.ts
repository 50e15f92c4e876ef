import { StoreError } from '../base/errors.ts'
import { utf8Length } from '../base/json-size.ts'
import type { ConfirmedEvent, EventRecord } from './event-record.ts'
import { ENVELOPE_BYTES } from './event-size.ts'
import { malformed } from './fields.ts'
import type { DownMessage, UpMessage } from './sync-messages.ts'

/** The messages that carry events, and may be cut. */
export type Parted = Extract<UpMessage, { type: 'push' }> | Extract<DownMessage, { type: 'behind' | 'page' }>

/** A message without what `framesOf` puts in: its events and the part number. */
export type Envelope<M extends Parted = Parted> = M extends Parted ? Omit<M, 'events' | 'part'> : never

/** Events with their text, encoded once for however many readers. */
export interface EncodedEvents<E extends EventRecord = EventRecord> {
  readonly events: readonly E[]
  readonly texts: readonly string[]
  /** UTF-8 bytes of each text. */
  readonly sizes: readonly number[]
}

export function encodeEvents<E extends EventRecord>(events: readonly E[]): EncodedEvents<E> {
  const texts = events.map((event) => JSON.stringify(event))
  return { events, texts, sizes: texts.map(utf8Length) }
}

/**
 * The frames of one push, behind or page: one without `part` where it fits in `frameBytes`, else as many as it takes.
 * @throws StoreError sync/too-large when a single event fits in no frame
 */
export function splitFrames(message: Parted, frameBytes: number): string[] {
  const { events, part: _, ...envelope } = message
  return framesOf(envelope as Envelope, encodeEvents<EventRecord | ConfirmedEvent>(events), frameBytes)
}

/** `splitFrames` of events that were encoded before. */
export function framesOf(envelope: Envelope, encoded: EncodedEvents, frameBytes: number): string[] {
  const head = `${JSON.stringify(envelope).slice(0, -1)},"events":[`
  // The envelope is ASCII; its end, part number included, stays below 64.
  const room = frameBytes - head.length - 64
  const cuts = cut(encoded, room)
  if (cuts.length <= 1) return [`${head}${encoded.texts.join(',')}]}`]
  return cuts.map(([start, end], index) => {
    const last = index === cuts.length - 1
    return `${head}${encoded.texts.slice(start, end).join(',')}],"part":{"index":${index},"last":${last}}}`
  })
}

function cut({ events, sizes }: EncodedEvents, room: number): [start: number, end: number][] {
  const cuts: [number, number][] = []
  let start = 0
  let bytes = 0
  for (const [i, size] of sizes.entries()) {
    if (size > room) {
      throw new StoreError(
        'sync/too-large',
        `Event ${events[i]?.id} takes ${size} bytes, more than a frame of ${room}. Commit less at once.`,
        {
          details: { eventId: events[i]?.id ?? null },
        },
      )
    }
    if (bytes + size > room) {
      cuts.push([start, i])
      start = i
      bytes = 0
    }
    // One more for the comma.
    bytes += size + 1
  }
  cuts.push([start, sizes.length])
  return cuts
}

/** Bounds of one connection's unfinished gatherings. */
export interface PartLimits {
  /** Bytes of events in one message, over all its parts. */
  readonly bytes: number
  /** Events in one message, over all its parts. */
  readonly events: number
  /** Messages being gathered at once. */
  readonly open: number
  /** Longest silence between two parts, ms. */
  readonly idle: number
}

export interface Gathering<M extends Parted = Parted> {
  readonly first: M
  /** The parts' frames so far. */
  bytes: number
  nextIndex: number
  readonly events: EventRecord[]
  /** Of its next part. */
  deadline: number
}

/** Puts the parts of a message together again, within bounds. A violation throws and leaves the connection to be closed. */
export class PartAssembler<M extends Parted> {
  readonly #limits: PartLimits
  /** Messages begun and not finished, oldest first. */
  readonly gatherings = new Map<string, Gathering<M>>()

  constructor(limits: PartLimits) {
    this.#limits = limits
  }

  /**
   * Takes one decoded frame of `bytes` UTF-8 bytes. Gives the whole message with the part that completes it, null until then.
   * @throws StoreError protocol/malformed for parts out of order, sync/too-large or sync/limit beyond the bounds
   */
  add(message: M, bytes: number, now: number): M | null {
    const key = `${message.type} ${message.ref}`
    const open = this.gatherings.get(key)
    const { part } = message
    if (!part) {
      if (open) throw malformed('part', `there: part ${open.nextIndex} of ${key} comes next`)
      return message
    }
    if (part.index !== (open?.nextIndex ?? 0))
      throw malformed('part.index', `${open?.nextIndex ?? 0}, the next of ${key}`)
    const gathering = open ?? this.#begin(key, message)
    this.#gather(gathering, message, bytes, now)
    if (!part.last) return null
    this.gatherings.delete(key)
    const { part: _, ...whole } = message
    return { ...whole, events: gathering.events } as unknown as M
  }

  #begin(key: string, first: M): Gathering<M> {
    if (this.gatherings.size >= this.#limits.open) {
      throw new StoreError(
        'sync/limit',
        `${key} refused: ${this.#limits.open} messages in parts are open. Finish one first.`,
        {
          details: { ref: first.ref },
        },
      )
    }
    const gathering: Gathering<M> = { first, bytes: 0, nextIndex: 0, events: [], deadline: 0 }
    this.gatherings.set(key, gathering)
    return gathering
  }

  #gather(gathering: Gathering<M>, message: M, bytes: number, now: number): void {
    if (!sameEnvelope(gathering.first, message))
      throw malformed('part', `of one message: ${message.type} ${message.ref} changed between parts`)
    gathering.bytes += bytes
    gathering.nextIndex++
    gathering.deadline = now + this.#limits.idle
    const count = gathering.events.length + message.events.length
    // Frames carry more than events: their envelopes, and a comma and a `seq` of up to 24 bytes each.
    const allowed = this.#limits.bytes + gathering.nextIndex * ENVELOPE_BYTES + count * 24
    if (gathering.bytes > allowed || count > this.#limits.events) {
      throw new StoreError(
        'sync/too-large',
        `${message.type} ${message.ref} refused: more than ${this.#limits.events} events or ${this.#limits.bytes} bytes over its parts. Send less at once.`,
        { details: { ref: message.ref } },
      )
    }
    for (const event of message.events) gathering.events.push(event)
  }
}

function sameEnvelope(a: Parted, b: Parted): boolean {
  if (a.type === 'push') return b.type === 'push' && a.after === b.after && a.afterId === b.afterId
  return a.type === b.type && a.head === b.head && a.more === b.more
}
