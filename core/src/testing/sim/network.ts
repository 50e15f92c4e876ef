import { StoreError } from '../../base/errors.ts'
import { utf8Length } from '../../base/json-size.ts'
import type { ServerConnection, ServerLine } from '../../server/connection.ts'
import type { SyncServer } from '../../server/sync-server.ts'
import type { Line, LineEvents, SyncTransport } from '../../sync/transport.ts'
import { Pipe } from './pipe.ts'
import type { Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimProcess } from './sim-process.ts'

export type Direction = 'up' | 'down' | 'both'

/** Where lines lead to while a server runs. */
export interface Endpoint {
  readonly process: SimProcess
  readonly server: SyncServer
}

/** Frames that take their own time each: some are lost, some come twice. */
export interface Looseness {
  readonly clients: ReadonlySet<number>
  readonly lost: { readonly up: number; readonly down: number }
  readonly twice: { readonly up: number; readonly down: number }
}

export interface NetworkOptions {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  /** Typical one-way delay by client, ms. */
  readonly delays: readonly number[]
  readonly tail: number
  /** Clients whose transport gives no order, and what becomes of their frames; none by default. */
  readonly loose?: Looseness
  /** The server that runs now; null while none does. */
  readonly endpoint: () => Endpoint | null
}

/** All lines between clients and the server, and everything that can happen to them. */
export class Network {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly endpoint: () => Endpoint | null
  readonly #pushed = new Map<number, Set<string>>()
  readonly #delays: readonly number[]
  readonly #tail: number
  readonly #loose: Looseness | null
  readonly #blocked = new Map<number, Direction>()
  #lines: SimLine[] = []
  /** No fault happens by itself any more. */
  healed = false

  constructor(options: NetworkOptions) {
    this.scheduler = options.scheduler
    this.random = options.random
    this.endpoint = options.endpoint
    this.#delays = options.delays
    this.#tail = options.tail
    this.#loose = options.loose ?? null
  }

  /** How one leader of a client reaches the server. */
  transport(client: number, process: SimProcess): SyncTransport {
    return {
      name: 'sim',
      ordered: this.loose(client) === null,
      connect: (events) => {
        const line = new SimLine(this, client, process, events)
        this.#lines = this.#lines.filter((other) => !other.over)
        this.#lines.push(line)
        return line
      },
    }
  }

  /** What happens to single frames of this client; null where the transport keeps them in order. */
  loose(client: number): Looseness | null {
    return this.#loose?.clients.has(client) ? this.#loose : null
  }

  /** Ids of all events that a client ever sent to the server. */
  pushedBy(client: number): ReadonlySet<string> {
    return this.#pushed.get(client) ?? new Set()
  }

  leaving(client: number, push: string): void {
    const { events } = JSON.parse(push) as { events: { id: string }[] }
    const pushed = this.#pushed.get(client) ?? new Set()
    this.#pushed.set(client, pushed)
    for (const { id } of events) pushed.add(id)
  }

  delay(client: number): number {
    const typical = this.#delays[client] ?? 1
    return this.healed ? typical : this.random.heavyTail(typical, typical * this.#tail)
  }

  blocked(client: number): boolean {
    return this.#blocked.has(client)
  }

  /** Cuts the client's lines: what is in the air is lost from some frame on, in either direction. */
  cut(client: number): void {
    for (const line of this.#of(client)) line.cut()
  }

  /** From now on the client's lines swallow what is sent, and neither side is told. */
  halfOpen(client: number, direction: Direction): void {
    for (const line of this.#of(client)) line.deafen(direction)
  }

  /** For `ms` nothing gets through; open lines either survive that (late) or are dead without a word. */
  partition(client: number, direction: Direction, ms: number): void {
    this.#blocked.set(client, direction)
    for (const line of this.#of(client)) line.partition(direction, ms)
    this.scheduler.schedule(ms, null, 'act', () => this.#blocked.delete(client))
  }

  /** From now on the client reaches nobody, until `reconnect`. */
  disconnect(client: number): void {
    this.#blocked.set(client, 'both')
    this.cut(client)
  }

  reconnect(client: number): void {
    this.#blocked.delete(client)
  }

  heal(): void {
    this.healed = true
    this.#blocked.clear()
  }

  /** A leader's process has died: its kernel closes the lines, or nobody does for long. */
  leaderGone(process: SimProcess): void {
    for (const line of this.#lines) if (line.process === process) line.clientGone()
  }

  serverGone(): void {
    for (const line of this.#lines) line.serverGone()
  }

  #of(client: number): SimLine[] {
    return this.#lines.filter((line) => line.client === client && !line.over)
  }
}

/** One attempt at a connection: both ends of it. */
class SimLine implements Line {
  readonly client: number
  readonly process: SimProcess
  readonly #network: Network
  readonly #events: LineEvents
  #end: Endpoint | null = null
  #connection: ServerConnection | null = null
  #up: Pipe<string> | null = null
  readonly #down: Pipe<string | null>
  /** The client hears of this line. */
  #heard = true
  /** The client may send. */
  #open = false
  #serverTold = false
  #deafUp = false

  constructor(network: Network, client: number, process: SimProcess, events: LineEvents) {
    this.#network = network
    this.client = client
    this.process = process
    this.#events = events
    this.#down = new Pipe(network.scheduler, process, (text) => this.#arrived(text))
    const { scheduler } = network
    if (process.alive) scheduler.schedule(network.delay(client), null, 'frame', () => this.#reach())
  }

  /** Nothing can happen on it any more. */
  get over(): boolean {
    return !this.#heard && (this.#serverTold || !this.#connection)
  }

  send(text: string): void {
    if (!this.#open || !this.process.alive) return
    if (text.startsWith('{"type":"push"')) this.#network.leaving(this.client, text)
    this.#put('up', text)
  }

  close(): void {
    this.#heard = false
    this.#open = false
    this.#tellServer(this.#deafUp ? 30_000 : 0)
  }

  cut(): void {
    const { random } = this.#network
    this.#up?.cut(random.heavyTail(1, 200))
    this.#down.cut(random.heavyTail(1, 200))
    this.#deafUp = true
    this.#tellClient('the line was cut', random.heavyTail(20, 3_000))
    this.#tellServer(random.heavyTail(20, 10_000))
  }

  deafen(direction: Direction): void {
    if (direction !== 'down') {
      this.#up?.cut(0)
      this.#deafUp = true
    }
    if (direction !== 'up') this.#down.cut(0)
  }

  partition(direction: Direction, ms: number): void {
    if (this.#network.random.chance(0.5)) return this.deafen(direction)
    if (direction !== 'down') this.#up?.stall(ms)
    if (direction !== 'up') this.#down.stall(ms)
  }

  clientGone(): void {
    this.#heard = false
    this.#open = false
    const { random } = this.#network
    this.#tellServer(random.chance(0.8) ? random.heavyTail(20, 3_000) : 20_000)
  }

  serverGone(): void {
    this.#serverTold = true
    const { random } = this.#network
    this.#down.cut(random.heavyTail(1, 200))
    this.#up?.cut(0)
    // Mostly its kernel resets the line; else the client has to find out.
    if (random.chance(0.8)) this.#tellClient('the server is gone', random.heavyTail(20, 3_000))
  }

  /** Puts a frame in the air. Parts of one message keep their order on every transport. */
  #put(direction: 'up' | 'down', text: string): void {
    const network = this.#network
    const loose = network.healed || isPart(text) ? null : network.loose(this.client)
    const pipe = direction === 'up' ? this.#up : this.#down
    if (loose && network.random.chance(loose.lost[direction])) return this.#lose()
    pipe?.put(text, network.delay(this.client))
    // What opens something (a line, a pull) is refused when it comes again: no transport may repeat it.
    const twice = direction === 'down' || !/^{"type":"(hello|pull|stop)"/.test(text)
    if (loose && twice && network.random.chance(loose.twice[direction])) pipe?.put(text, network.delay(this.client))
    // A line's opening and its end come where they belong.
    if (loose) pipe?.shuffle(network.random, (item) => !item || isPart(item))
  }

  /** A frame is gone: sooner or later its transport notices. */
  #lose(): void {
    const { random } = this.#network
    this.#tellClient('a frame was lost', random.heavyTail(20, 3_000))
  }

  #reach(): void {
    if (!this.#heard || !this.process.alive) return
    const network = this.#network
    const end = network.endpoint()
    if (!end || network.blocked(this.client)) {
      // Refused, or no answer at all.
      if (network.random.chance(0.6)) this.#tellClient('no connection', network.delay(this.client))
      return
    }
    const line = this
    this.#end = end
    this.#up = new Pipe(network.scheduler, end.process, (text) => {
      if (!this.#serverTold) this.#connection?.receive(text)
    })
    const serverLine: ServerLine = {
      send: (text) => {
        if (end.process.alive) this.#put('down', text)
      },
      close: (reason) => {
        this.#serverTold = true
        if (end.process.alive) this.#down.put(null, network.delay(this.client))
        network.scheduler.note(reason)
      },
      get buffered() {
        return line.#down.items.reduce((bytes, text) => bytes + utf8Length(text ?? ''), 0)
      },
    }
    this.#connection = end.server.connect(serverLine, {})
    this.#down.put('', network.delay(this.client))
  }

  /** `''` is the line's opening, `null` its end. */
  #arrived(text: string | null): void {
    if (!this.#heard) return
    if (text === '') {
      this.#open = true
      this.#events.open()
    } else if (text === null) this.#closed('the server closed it')
    else this.#events.frame(text)
  }

  #closed(why: string): void {
    if (!this.#heard) return
    this.#heard = false
    this.#open = false
    this.#tellServer(0)
    this.#events.closed(new StoreError('sync/offline', `The line is gone: ${why}.`, { retry: 'backoff' }))
  }

  #tellClient(why: string, ms: number): void {
    this.#network.scheduler.schedule(ms, this.process, 'frame', () => this.#closed(why))
  }

  /** After everything that is still in the air. */
  #tellServer(ms: number): void {
    const { scheduler, client } = { scheduler: this.#network.scheduler, client: this.client }
    if (!this.#end) return
    scheduler.schedule(ms + this.#network.delay(client), this.#end.process, 'frame', () => {
      if (this.#serverTold) return
      this.#serverTold = true
      this.#connection?.closed()
    })
  }
}

function isPart(text: string): boolean {
  return text.includes('"part":')
}
