import type { Clock, Random } from '../base/clock.ts'
import { StoreError } from '../base/errors.ts'
import { decodeUp, encodeDown, MESSAGE_LENGTH } from '../protocol/codec.ts'
import { malformed } from '../protocol/fields.ts'
import { PROTOCOL_VERSION, type UpMessage } from '../protocol/sync-messages.ts'
import type { ConnectContext, Gate, Identity } from './authorize.ts'
import { type Hello, welcome } from './hello.ts'
import { Lane } from './lane.ts'
import { type AllLimits, toldLimits } from './limits.ts'
import type { LogStore } from './log-store.ts'
import { Pull, type PullHost } from './pull.ts'
import { type PushCounts, Pushes } from './push.ts'
import { PushGatherer } from './push-gatherer.ts'
import { type Accounts, costOf, Rate } from './rates.ts'
import type { StoreHub, StoreHubs } from './store-hub.ts'
import { TurnMember } from './turns.ts'

/** The network's side of a connection. */
export interface ServerLine {
  /** Never throws; on a line that has died the frame is dropped. */
  send(text: string): void
  /** Ends the line after what was sent. */
  close(reason: string): void
  /** Bytes that the network has not taken yet. */
  readonly buffered: number
}

/** What a network calls. Neither throws; nothing happens after `closed`. */
export interface ServerConnection {
  /** One frame, in the order of arrival. */
  receive(text: string): void
  closed(): void
}

/** What all connections of a server share. */
export interface ServerParts {
  readonly log: LogStore
  readonly clock: Clock
  readonly random: Random
  readonly gate: Gate
  readonly accounts: Accounts
  readonly limits: AllLimits
  readonly hubs: StoreHubs
  readonly counts: PushCounts
}

/** An open connection's share: all there is once the hello was accepted. */
interface Opened {
  identity: Identity
  readonly hello: Hello
  readonly hub: StoreHub
  readonly member: TurnMember
  readonly pushes: Pushes
}

type Pulled = Extract<UpMessage, { type: 'pull' }>

/**
 * One connection, bound to the one store of its hello.
 *
 *     hello ──hello──▶ opening ──authenticated, authorized, same history──▶ open
 *       └─────────────────┴── time up, refused, malformed, line gone ────────┴──▶ closed
 *
 * Pushes and tokens are handled one after the other; pulls, stops and pings at once.
 */
export class Connection implements ServerConnection {
  readonly #parts: ServerParts
  readonly #line: ServerLine
  readonly #context: ConnectContext
  /** Over HTTP: the connection's name. */
  readonly #name: string | null
  readonly #onEnd: (connection: Connection) => void
  readonly #lane: Lane
  readonly #gatherer: PushGatherer
  readonly #rate: Rate
  readonly #pulls = new Map<number, Pull>()
  #state: 'hello' | 'opening' | 'open' | 'closed' = 'hello'
  #open: Opened | null = null
  /** Of the hello; '' before it. */
  #storeId = ''
  /** Arrived while the hello was looked at. */
  #early: { readonly message: UpMessage; readonly text: string }[] = []
  #earlyBytes = 0
  #appending = false
  #cancelDeadline: (() => void) | null

  constructor(
    parts: ServerParts,
    line: ServerLine,
    options: { context: ConnectContext; name: string | null; onEnd: (connection: Connection) => void },
  ) {
    this.#parts = parts
    this.#line = line
    this.#context = options.context
    this.#name = options.name
    this.#onEnd = options.onEnd
    this.#rate = new Rate(parts.clock, parts.limits.connectionRate)
    this.#lane = new Lane(parts.limits, (error) => this.fail(error))
    this.#gatherer = new PushGatherer(parts, {
      whole: (push, bytes) => this.#lane.add(bytes, () => this.#open?.pushes.handle(push, bytes)),
      fail: (error) => this.fail(error),
    })
    this.#cancelDeadline = this.#deadline(parts.limits.helloMs, 'no hello came')
  }

  /** Resolves when nothing of this connection runs any more. */
  get idle(): Promise<void> {
    return this.#lane.idle
  }

  get livePulls(): number {
    return this.#livePulls().length
  }

  receive(text: string): void {
    if (this.#state === 'closed') return
    try {
      this.#spend(costOf(text.length))
      this.#accept(decodeUp(text, this.#parts.limits), text)
    } catch (error) {
      this.fail(error)
    }
  }

  closed(): void {
    this.#end()
  }

  /** Says why, and closes the line. */
  fail(thrown: unknown): void {
    if (this.#state === 'closed') return
    const error = this.#answerTo(thrown)
    const { ref } = error.details
    this.#line.send(
      encodeDown({
        type: 'error',
        ...(typeof ref === 'number' && { ref }),
        code: error.code,
        retry: error.retry,
        message: error.message.slice(0, MESSAGE_LENGTH),
      }),
    )
    this.#end()
    this.#line.close(error.code)
  }

  #spend(cost: number): void {
    this.#rate.spend(cost, 'This connection')
    if (this.#open) this.#parts.accounts.spend(this.#open.identity, cost)
  }

  #accept(message: UpMessage, text: string): void {
    switch (this.#state) {
      case 'hello':
        if (message.type !== 'hello') throw malformed('type', 'hello, before anything else')
        this.#state = 'opening'
        this.#storeId = message.storeId
        this.#lane.add(0, () => this.#welcome(message))
        break
      case 'opening':
        this.#keepEarly(message, text)
        break
      default:
        this.#dispatch(message, text)
    }
  }

  #keepEarly(message: UpMessage, text: string): void {
    const { inboxMessages, inboxBytes } = this.#parts.limits
    this.#earlyBytes += text.length
    if (this.#early.length >= inboxMessages || this.#earlyBytes > inboxBytes) {
      throw new StoreError('sync/limit', 'Too much was sent before the welcome. Wait for it.', { retry: 'backoff' })
    }
    this.#early.push({ message, text })
  }

  async #welcome(hello: Hello): Promise<void> {
    const { log, gate, limits, hubs } = this.#parts
    this.#cancelDeadline?.()
    this.#cancelDeadline = this.#deadline(limits.openingMs, 'the hello could not be answered')
    const { identity, backendId, head } = await welcome(hello, { log, gate, context: this.#context })
    if (this.#state !== 'opening') return
    if (gate.authenticates) this.#parts.accounts.join(identity)
    this.#cancelDeadline()
    this.#cancelDeadline = null
    this.#openWith(hello, identity, hubs.join(hello.storeId))
    this.#send(
      encodeDown({
        type: 'welcome',
        protocol: PROTOCOL_VERSION,
        backendId,
        head: head.seq,
        headId: head.id,
        limits: toldLimits(limits),
        ...(this.#name !== null && { connection: this.#name }),
      }),
    )
    const early = this.#early
    this.#early = []
    for (const { message, text } of early) if (this.#open) this.#dispatch(message, text)
  }

  #openWith(hello: Hello, identity: Identity, hub: StoreHub): void {
    const member = new TurnMember()
    const connection = this
    const { log, gate, limits, counts } = this.#parts
    const pushes = new Pushes({
      storeId: hello.storeId,
      log,
      gate,
      limits,
      counts,
      fanOut: hub.fanOut,
      turns: hub.turns,
      member,
      get identity() {
        return connection.#open?.identity ?? identity
      },
      get closed() {
        return connection.#state === 'closed'
      },
      spend: (bytes) => this.#spend(costOf(bytes)),
      send: (frame) => this.#send(frame),
      appending: () => {
        this.#appending = true
      },
      answered: () => {
        this.#appending = false
        for (const pull of [...this.#pulls.values()]) pull.release()
      },
      sentUpTo: () => Math.max(0, ...this.#livePulls().map(({ position }) => position)),
      skip: (after, count) => {
        for (const pull of this.#pulls.values()) pull.skip(after, count)
      },
    })
    this.#open = { identity, hello, hub, member, pushes }
    this.#state = 'open'
  }

  #dispatch(message: UpMessage, text: string): void {
    const open = this.#open as Opened
    switch (message.type) {
      case 'hello':
        throw malformed('type', 'anything but a second hello')
      case 'push':
        this.#gatherer.add(message, text)
        break
      case 'token':
        this.#lane.add(text.length, () => this.#renew(open, message.token))
        break
      case 'pull':
        this.#pull(open, message)
        break
      case 'stop':
        this.#pulls.get(message.ref)?.stop()
        this.#pulls.delete(message.ref)
        break
      case 'ping':
        open.member.rtt = message.rtt
        this.#send(encodeDown({ type: 'pong' }))
    }
  }

  async #renew(open: Opened, token: string): Promise<void> {
    const { gate, accounts } = this.#parts
    const { storeId, clientId } = open.hello
    const identity = await gate.authenticate(token, { ...this.#context, storeId, clientId })
    await gate.require(identity, storeId, 'read')
    if (this.#state === 'closed') return
    if (gate.authenticates && identity.id !== open.identity.id) {
      accounts.join(identity)
      accounts.leave(open.identity)
    }
    open.identity = identity
  }

  #pull(open: Opened, message: Pulled): void {
    if (this.#pulls.has(message.ref)) throw malformed('ref', `new: pull ${message.ref} is open`)
    const { openPulls, pageEvents } = this.#parts.limits
    if (this.#pulls.size >= openPulls) {
      throw new StoreError('sync/limit', `${openPulls} pulls are open. Stop one first.`, {
        details: { ref: message.ref },
        retry: 'backoff',
      })
    }
    const pull = new Pull(this.#pullHost(open), { ...message, limit: Math.min(message.limit, pageEvents) })
    this.#pulls.set(message.ref, pull)
    this.#startPull(open, message, pull).catch((error) => this.fail(error))
  }

  async #startPull({ identity, hello }: Opened, { ref, after, afterId }: Pulled, pull: Pull): Promise<void> {
    const { log, gate } = this.#parts
    const { storeId } = hello
    await gate.require(identity, storeId, 'read')
    if (!(await log.holds(storeId, after, afterId))) {
      throw new StoreError(
        'sync/backend-mismatch',
        `Store "${storeId}" holds no event ${afterId} at ${after}. The server's history is another one.`,
        { details: { ref } },
      )
    }
    if (this.#pulls.get(ref) === pull) pull.start()
  }

  #pullHost({ hub }: Opened): PullHost {
    const connection = this
    const { clock, limits } = this.#parts
    return {
      clock,
      fanOut: hub.fanOut,
      frameBytes: limits.frameBytes,
      stallMs: limits.stallMs,
      get appending() {
        return connection.#appending
      },
      get congested() {
        return connection.#line.buffered >= limits.pauseBytes
      },
      get buffered() {
        return connection.#line.buffered
      },
      send: (frame) => this.#send(frame),
      ended: (pull) => this.#pulls.delete(pull.ref),
      fail: (error) => this.fail(error),
    }
  }

  #livePulls(): Pull[] {
    return [...this.#pulls.values()].filter(({ live }) => live)
  }

  #send(frame: string): void {
    if (this.#state === 'closed') return
    this.#line.send(frame)
    const { outboundBytes } = this.#parts.limits
    if (this.#line.buffered > outboundBytes) {
      this.fail(
        new StoreError('sync/limit', `More than ${outboundBytes} bytes wait for this reader. Connect again to go on.`, {
          retry: 'backoff',
        }),
      )
    }
  }

  #deadline(ms: number, what: string): () => void {
    return this.#parts.clock.after(ms, () => {
      this.#cancelDeadline = null
      this.fail(new StoreError('sync/offline', `Connection closed: ${what} within ${ms} ms.`, { retry: 'backoff' }))
    })
  }

  #end(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#cancelDeadline?.()
    for (const pull of this.#pulls.values()) pull.stop()
    this.#pulls.clear()
    this.#gatherer.clear()
    this.#lane.clear()
    this.#early = []
    if (this.#open) {
      this.#open.hub.turns.leave(this.#open.member)
      this.#parts.hubs.leave(this.#open.hub)
      this.#parts.accounts.leave(this.#open.identity)
    }
    this.#open = null
    this.#onEnd(this)
  }

  /** What failed inside the server may name its files: that is for its owner, and worth another try for a client. */
  #answerTo(thrown: unknown): StoreError {
    const { gate } = this.#parts
    if (thrown instanceof StoreError && !gate.isLogFailure(thrown)) return thrown
    gate.report(thrown, 'log', this.#storeId)
    const code = thrown instanceof StoreError ? thrown.code : 'storage/io'
    const message = 'The sync server could not read or write its log. Its owner is told; it is tried again later.'
    return new StoreError(code, message, { retry: 'backoff', cause: thrown })
  }
}
