import type { StoreError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { utf8Length } from '../../base/json-size.ts'
import type { ConfirmedEvent, EventRecord } from '../../protocol/event-record.ts'
import { type DownMessage, PROTOCOL_VERSION, type UpMessage } from '../../protocol/sync-messages.ts'
import type { Line, LineEvents, SyncTransport } from '../../sync/transport.ts'

type Push = Extract<UpMessage, { type: 'push' }>
type Of<T extends DownMessage['type']> = Extract<DownMessage, { type: T }>

/** One line, its events written down, its frames to be awaited one by one. */
export class Probe implements LineEvents {
  readonly line: Line
  readonly trace: ('open' | 'frame' | 'closed')[] = []
  readonly unread: DownMessage[] = []
  readonly ended: Promise<StoreError>
  /** Bytes of the largest frame. */
  largest = 0
  onOpen: () => void = () => {}
  onFrame: () => void = () => {}
  readonly #opened = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<StoreError>()
  #arrived = Promise.withResolvers<void>()
  /** Ids by place, from pages and answers. */
  readonly #order: string[] = []

  constructor(transport: SyncTransport) {
    this.ended = this.#ended.promise
    this.line = transport.connect(this)
  }

  open(): void {
    this.trace.push('open')
    this.#opened.resolve()
    this.onOpen()
  }

  frame(text: string): void {
    this.trace.push('frame')
    this.largest = Math.max(this.largest, utf8Length(text))
    this.unread.push(JSON.parse(text))
    this.#arrived.resolve()
    this.onFrame()
  }

  closed(error: StoreError): void {
    this.trace.push('closed')
    this.#ended.resolve(error)
    this.#arrived.resolve()
  }

  send(message: UpMessage): void {
    this.line.send(JSON.stringify(message))
  }

  async welcome(storeId: string, head: { seq: number; id: string | null } = { seq: 0, id: null }) {
    await this.#opened.promise
    const clientId = 'probe'
    this.send({ type: 'hello', protocol: PROTOCOL_VERSION, storeId, clientId, head: head.seq, headId: head.id })
    return this.next('welcome')
  }

  /** The next frame, whatever it is. */
  async any(): Promise<DownMessage> {
    for (;;) {
      const message = this.unread.shift()
      if (message) return message
      if (this.trace.includes('closed')) throw await this.ended
      this.#arrived = Promise.withResolvers()
      await this.#arrived.promise
    }
  }

  /** The next frame, which must be of this type. */
  async next<T extends DownMessage['type']>(type: T): Promise<Of<T>> {
    const message = await this.any()
    if (message.type === type) return message as Of<T>
    throw new Error(`expected ${type}, got ${JSON.stringify(message).slice(0, 500)}`)
  }

  /** Events of the next pages, until there are `count`; other frames are passed over. */
  async events(count: number): Promise<ConfirmedEvent[]> {
    const events: ConfirmedEvent[] = []
    while (events.length < count) {
      const message = await this.any()
      if (message.type === 'page') events.push(...message.events)
    }
    return events
  }

  /** The code with which the server refuses: in an error frame, or by ending the line. */
  async refusal(): Promise<string> {
    try {
      const message = await this.any()
      return 'code' in message ? message.code : message.type
    } catch (error) {
      return (error as StoreError).code
    }
  }

  async roundTrips(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.send({ type: 'ping', rtt: 0 })
      await this.next('pong')
    }
  }

  /** Waits for something to come true at the server, a round trip at a time. */
  async until(condition: () => boolean): Promise<void> {
    for (let i = 0; i < 20_000; i++) {
      if (condition()) return
      await this.roundTrips(1)
    }
    throw new Error('it did not come true within 20,000 round trips')
  }

  /** Ids in the order that all frames so far agree on, once there are `count`. */
  async confirmed(count: number): Promise<string[]> {
    while (this.#order.length < count) this.#note(await this.any())
    return this.#order
  }

  /** Pushes one event after the other, after whatever the server says is the head. */
  async pushAll(events: readonly EventRecord[]): Promise<void> {
    let head: { seq: number; id: string | null } = { seq: 0, id: null }
    for (const [i, event] of events.entries()) {
      let done = false
      while (!done) {
        this.send(push(i + 1, head.seq, head.id, [event]))
        const answer = await this.#answer(i + 1)
        done = answer.type === 'pushed'
        if (answer.type === 'pushed') this.#place(answer.seqs[0] as number, event.id)
        else this.#note(answer)
        head = { seq: this.#order.length, id: this.#order.at(-1) ?? null }
      }
    }
  }

  async #answer(ref: number): Promise<DownMessage> {
    for (;;) {
      const message = await this.any()
      if ('ref' in message && message.ref === ref) return message
      this.#note(message)
    }
  }

  #note(message: DownMessage): void {
    if (message.type !== 'page' && message.type !== 'behind') return
    for (const event of message.events) this.#place(event.seq, event.id)
  }

  /** A server need not send a writer's own events back, and may send some twice: never others, never with a gap. */
  #place(seq: number, id: string): void {
    if (seq === this.#order.length + 1) this.#order.push(id)
    else if (this.#order[seq - 1] !== id) throw new Error(`${id} at ${seq}, after ${this.#order.length} of the order`)
  }
}

export async function welcomed(transport: SyncTransport, storeId: string): Promise<Probe> {
  const probe = new Probe(transport)
  await probe.welcome(storeId)
  return probe
}

/** A line towards a server that is gone; it has ended. */
export async function absent(transport: SyncTransport): Promise<Probe> {
  const probe = new Probe(transport)
  // Transports without a handshake of their own notice with the first frame.
  probe.onOpen = () => probe.send({ type: 'ping', rtt: 0 })
  await probe.ended
  return probe
}

export function push(ref: number, after: number, afterId: string | null, events: readonly EventRecord[]): Push {
  return { type: 'push', ref, after, afterId, events }
}

export function someEvents(sessionId: string, from: number, count: number, args: Json = {}): EventRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${sessionId}.${from + i}`,
    name: 'v1.Probed',
    args,
    clientId: 'probe',
    sessionId,
    parent: 0,
    at: 1_700_000_000_000 + i,
  }))
}

export function asCommit(events: readonly EventRecord[]): EventRecord[] {
  return events.map((event, i) => (i < events.length - 1 ? { ...event, joined: true } : event))
}

/** A push whose frame has exactly so many bytes: one commit of four events, padded. */
export function paddedPush(bytes: number): Push {
  const padded = (lengths: readonly number[]) =>
    push(
      1,
      0,
      null,
      asCommit(
        lengths.flatMap((length, i) => someEvents('pad', i + 1, 1, { text: '·'.repeat(8) + 'x'.repeat(length) })),
      ),
    )
  const room = bytes - utf8Length(JSON.stringify(padded([0, 0, 0, 0])))
  const quarter = Math.floor(room / 4)
  return padded([quarter, quarter, quarter, room - 3 * quarter])
}
