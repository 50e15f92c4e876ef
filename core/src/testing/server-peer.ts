import { decodeDown } from '../protocol/codec.ts'
import type { EventRecord } from '../protocol/event-record.ts'
import { PartAssembler, type Parted, splitFrames } from '../protocol/parts.ts'
import { type DownMessage, defaultLimits, PROTOCOL_VERSION, type UpMessage } from '../protocol/sync-messages.ts'
import type { ConnectContext } from '../server/authorize.ts'
import type { ServerConnection, ServerLine } from '../server/connection.ts'
import { memoryLogStore } from '../server/memory-log-store.ts'
import { createSyncServer, type SyncServer, type SyncServerOptions } from '../server/sync-server.ts'
import { seededRandom, VirtualClock } from './virtual-clock.ts'

/** The n-th event of a session, for tests. */
export function eventOf(sessionId: string, n: number, more: Partial<EventRecord> = {}): EventRecord {
  return { id: `${sessionId}.${n}`, name: 'v1.Said', args: { n }, clientId: 'c', sessionId, parent: 0, at: 0, ...more }
}

/** Events 1 … n of a session, each a commit. */
export function eventsOf(sessionId: string, n: number, from = 1): EventRecord[] {
  return Array.from({ length: n }, (_, i) => eventOf(sessionId, from + i))
}

/** The other end of one server connection, for tests: a line that takes everything, and what came down it. */
export class TestPeer implements ServerLine {
  readonly connection: ServerConnection
  readonly received: DownMessage[] = []
  readonly frames: string[] = []
  closedFor: string | null = null
  /** What the server is told that the network has not taken yet. */
  buffered = 0
  /** Adds what is sent to `buffered`. */
  stuck = false
  readonly #assembler = new PartAssembler<Parted>({ bytes: 1e9, events: 1e9, open: 100, idle: 1e9 })

  constructor(server: SyncServer, context?: ConnectContext) {
    this.connection = server.connect(this, context)
  }

  send(text: string): void {
    if (this.closedFor !== null) throw new Error(`sent after close: ${text}`)
    this.frames.push(text)
    if (this.stuck) this.buffered += text.length
    const message = decodeDown(text)
    if (message.type === 'page' || message.type === 'behind') {
      const whole = this.#assembler.add(message, text.length, 0)
      if (whole) this.received.push(whole as DownMessage)
    } else this.received.push(message)
  }

  close(reason: string): void {
    this.closedFor = reason
  }

  up(message: UpMessage): this {
    this.connection.receive(JSON.stringify(message))
    return this
  }

  hello(more: Partial<Extract<UpMessage, { type: 'hello' }>> = {}): this {
    return this.up({
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      storeId: 'store',
      clientId: 'c',
      head: 0,
      headId: null,
      ...more,
    })
  }

  push(
    ref: number,
    after: number,
    afterId: string | null,
    events: readonly EventRecord[],
    frameBytes = defaultLimits.frameBytes,
  ): this {
    for (const frame of splitFrames({ type: 'push', ref, after, afterId, events }, frameBytes))
      this.connection.receive(frame)
    return this
  }

  /** The push that was `behind` under `again`, and more. */
  again(
    again: number,
    at: { ref: number; after: number; afterId: string | null },
    more: readonly EventRecord[] = [],
  ): this {
    return this.up({ type: 'push', ...at, events: more, again })
  }

  pull(ref: number, after: number, afterId: string | null, more: { limit?: number; live?: boolean } = {}): this {
    return this.up({ type: 'pull', ref, after, afterId, limit: 1000, live: false, ...more })
  }

  /** What came since the last call. */
  take(): DownMessage[] {
    return this.received.splice(0)
  }

  /** `take`, in short: `pushed 1: 1,2`, `page 2: 1,2 /5 more`, `rejected 3: code`, `error code`. */
  news(): string[] {
    return this.take().map(summary)
  }
}

function summary(message: DownMessage): string {
  switch (message.type) {
    case 'pushed':
      return `pushed ${message.ref}: ${message.seqs.join()}`
    case 'page':
    case 'behind':
      return `${message.type} ${message.ref}: ${message.events.map(({ seq }) => seq).join()} /${message.head}${message.more ? ' more' : ''}`
    case 'rejected':
      return `rejected ${message.ref}: ${message.eventId} ${message.code}`
    case 'error':
      return `error${message.ref === undefined ? '' : ` ${message.ref}`}: ${message.code} ${message.retry}`
    case 'welcome':
      return `welcome ${message.head}`
    case 'pong':
      return 'pong'
  }
}

/** A server on virtual time over a log in memory; `connect` greets and takes the welcome. */
export function serverForTest(options: Partial<SyncServerOptions> = {}) {
  const clock = new VirtualClock()
  const random = seededRandom(1)
  const log = memoryLogStore({ random })
  const server = createSyncServer({ log, clock, random, ...options })
  const connect = async (hello = {}) => {
    const peer = new TestPeer(server).hello(hello)
    await clock.run()
    const [news] = peer.news()
    if (!news?.startsWith('welcome')) throw new Error(`expected a welcome, got ${news}`)
    return peer
  }
  return { clock, log, server, connect }
}
