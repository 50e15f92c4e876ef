import type { Clock, Random } from '../base/clock.ts'
import { StoreError } from '../base/errors.ts'
import { utf8Length } from '../base/json-size.ts'
import { decodeDown, encodeUp } from '../protocol/codec.ts'
import type { Connection, TokenReason, Wait } from '../protocol/leader-messages.ts'
import { PartAssembler, splitFrames } from '../protocol/parts.ts'
import { type DownMessage, defaultLimits, type UpMessage } from '../protocol/sync-messages.ts'
import { Backoff } from '../sync/backoff.ts'
import type { SyncEffect, SyncView } from '../sync/sync-effect.ts'
import { unreachable } from '../sync/sync-errors.ts'
import { SyncState } from '../sync/sync-state.ts'
import type { Line, SyncTransport } from '../sync/transport.ts'
import { ANSWER_TIMEOUT, Heartbeat } from './heartbeat.ts'
import type { LeaderWork } from './leader-work.ts'

/** An attempt to connect that has taken this long may be on its way into a network that is no more, ms; doubled each time, up to the most. */
const LATE_ATTEMPT = 2_000
const LATE_ATTEMPT_MOST = 8_000
/** Between two attempts that are made because somebody looks, ms. */
const PROBE_EVERY = 1_000
/** A line that lived this long was sound, ms: the next back-off begins anew. Progress does the same. */
const STEADY = 5_000
/** How long announced pages are gathered before what is there is handed over, ms. */
const GATHER_TIME = 250

type PartedDown = Extract<DownMessage, { type: 'behind' | 'page' }>

export interface UpstreamOptions {
  readonly storeId: string
  readonly clientId: string
  readonly transport: SyncTransport
  readonly clock: Clock
  readonly random: Random
  readonly at: { readonly head: number; readonly headId: string | null; readonly backendId: string | null }
  /** The leader's log as it is now. */
  readonly view: () => SyncView
  /** Hands over work to be made durable; the leader calls `applied` after it. */
  readonly submit: (work: LeaderWork) => void
  /**
   * The line is gone: what it confirmed and is not durable yet is to be forgotten, the next line brings it again. Kept, it might
   * be followed by what another state of the backend says (a backup put back meanwhile), and nobody would notice (rule LOG-2).
   */
  readonly lost: () => void
  /** A push of these commits is about to leave: from now on the backend may hold them. */
  readonly pushing: (ids: readonly string[]) => void
  /** Asks the app, by way of a live session; null when it has none to give. */
  readonly token: (reason: TokenReason) => Promise<string | null>
  readonly changed: () => void
}

/** Keeps one line to the backend: connects, greets, resumes from the head, carries out what the sync state decides. */
export class Upstream {
  readonly #options: UpstreamOptions
  readonly #sync: SyncState
  readonly #backoff: Backoff
  readonly #heartbeat: Heartbeat
  #line: Line | null = null
  #assembler = newAssembler()
  /** Raised with every line, so that a late answer of an earlier one is told apart. */
  #attempt = 0
  #connection: Connection = 'offline'
  #error: StoreError | null = null
  #tokenReason: TokenReason = 'connect'
  /** Came while the line opens: it is greeted with this one. */
  #renewed: string | null = null
  #openedAt = 0
  #lateAfter = LATE_ATTEMPT
  #probedAt = Number.NEGATIVE_INFINITY
  #greetedAt: number | null = null
  #cancelRetry: (() => void) | null = null
  #cancelGather: (() => void) | null = null
  #wait: Wait | null = null
  #closed = false

  constructor(options: UpstreamOptions) {
    this.#options = options
    const { storeId, clientId, transport, at, random, clock } = options
    this.#sync = new SyncState({ storeId, clientId }, transport.ordered, at)
    this.#backoff = new Backoff(random)
    this.#heartbeat = new Heartbeat({
      clock,
      owed: () => this.#sync.inFlight > 0,
      receiving: () => this.#sync.phase !== 'online' || this.#sync.isBehind || this.#assembler.gatherings.size > 0,
      ping: (rtt) => this.#send({ type: 'ping', rtt }),
      dead: (ms) => this.#lost(silentServer(ms)),
    })
  }

  get connection(): Connection {
    return this.#connection
  }

  get backendHead(): number {
    return this.#sync.backendHead
  }

  get error(): StoreError | null {
    return this.#error
  }

  /** What the connection waits for. */
  get wait(): Wait | null {
    return this.#wait
  }

  connect(): void {
    if (this.#closed || this.#line || this.#connection === 'stopped') return
    this.#cancelRetry?.()
    this.#cancelRetry = null
    const attempt = ++this.#attempt
    this.#waitFor('token', 'the app to give a token')
    this.#become('connecting')
    this.#options.token(this.#tokenReason).then(
      (token) => this.#open(attempt, token),
      (thrown) => attempt === this.#attempt && this.#lost(unauthorized(thrown)),
    )
  }

  /** The leader has made durable what was submitted. */
  applied(head: number, headId: string | null): void {
    this.#carryOut(this.#sync.applied(head, headId, this.#options.view()))
  }

  /** A token came without being asked for. A `late` one was asked for, and counts where there is no other. */
  renew(token: string, late = false): void {
    if (late && (this.#line || this.#connection !== 'offline')) return
    if (this.#line && this.#sync.phase !== 'offline') {
      this.#send({ type: 'token', token })
      if (this.#sync.readOnly) this.#clear()
      this.#carryOut(this.#sync.renewed(this.#options.view()))
      return
    }
    if (this.#line) {
      this.#renewed = token
      return
    }
    // Another identity may be let in where the last one was not.
    if (this.#connection === 'stopped' && this.#error?.code === 'sync/forbidden') this.#connection = 'offline'
    if (this.#closed || this.#connection === 'stopped') return
    this.#cancelRetry?.()
    this.#cancelRetry = null
    this.#become('connecting')
    this.#open(++this.#attempt, token)
  }

  /**
   * The network may have changed, or somebody looks: a back-off is over, an attempt that takes long begins anew, and a line is to show
   * soon that it lives.
   */
  probe(): void {
    if (this.#greetedAt === null) this.#hurry()
    else if (this.#line) this.#heartbeat.probe()
  }

  #hurry(): void {
    // A server that has too much to do is left its back-off.
    if (this.#error?.code === 'sync/limit') return
    const now = this.#options.clock.monotonic()
    const again = now - this.#probedAt < PROBE_EVERY
    if (!again) {
      this.#probedAt = now
      this.#backoff.reset()
    }
    if (this.#cancelRetry) {
      if (!again) this.connect()
    } else if (this.#line && now - this.#openedAt >= this.#lateAfter) {
      this.#lateAfter = Math.min(LATE_ATTEMPT_MOST, this.#lateAfter * 2)
      this.#lost(silentServer(now - this.#openedAt))
    }
  }

  close(): void {
    this.#closed = true
    this.#attempt += 1
    this.#dropLine()
    this.#cancelRetry?.()
    this.#connection = 'offline'
    this.#wait = null
  }

  #open(attempt: number, token: string | null): void {
    if (attempt !== this.#attempt || this.#closed) return
    const { transport } = this.#options
    this.#assembler = newAssembler()
    this.#renewed = null
    this.#waitFor('backend', `the sync server to answer over ${transport.name}`)
    this.#options.changed()
    this.#openedAt = this.#options.clock.monotonic()
    this.#greetedAt = null
    this.#heartbeat.start()
    const mine = () => attempt === this.#attempt
    try {
      this.#line = transport.connect({
        open: () => mine() && this.#carryOut(this.#sync.opened(this.#renewed ?? token)),
        frame: (text) => mine() && this.#frame(text),
        closed: (error) => mine() && this.#lost(error),
      })
    } catch (thrown) {
      this.#lost(unreachable(transport.name, thrown))
    }
  }

  #frame(text: string): void {
    const { clock, view } = this.#options
    try {
      const decoded = decodeDown(text)
      const carriesEvents = decoded.type === 'page' || decoded.type === 'behind'
      const message = carriesEvents
        ? this.#assembler.add(decoded as PartedDown, utf8Length(text), clock.monotonic())
        : decoded
      if (message) this.#message(message, view())
      else this.#heartbeat.heard()
    } catch (thrown) {
      if (!(thrown instanceof StoreError)) throw thrown
      this.#lost(thrown)
    }
  }

  #message(message: DownMessage, view: SyncView): void {
    if (message.type === 'pong') {
      this.#backoff.reset()
      return this.#heartbeat.pong()
    }
    const effects = this.#sync.message(message, view)
    if (message.type === 'welcome') this.#greeted()
    this.#carryOut(effects)
    this.#heartbeat.heard('ref' in message ? message.ref : undefined)
    this.#watchGathering()
    if (isProgress(message)) this.#backoff.reset()
    if (this.#sync.phase === 'online' && this.#connection !== 'online') {
      this.#clear()
      this.#become('online')
    } else this.#options.changed()
  }

  #greeted(): void {
    this.#greetedAt = this.#options.clock.monotonic()
    this.#lateAfter = LATE_ATTEMPT
    this.#tokenReason = 'connect'
    this.#waitFor('backend', 'the events that are new at the backend')
    this.#heartbeat.welcomed()
  }

  #carryOut(effects: readonly SyncEffect[]): void {
    for (const effect of effects) this.#one(effect)
  }

  #one(effect: SyncEffect): void {
    switch (effect.type) {
      case 'send':
        return this.#send(effect.message)
      case 'token':
        this.#tokenReason = effect.reason
        return
      case 'report':
        this.#error = effect.error
        this.#waitFor('push', 'the right to write to this store: see error')
        return this.#options.changed()
      case 'close':
        return effect.stop ? this.#halt(effect.error) : this.#lost(effect.error)
      default:
        return this.#options.submit(effect)
    }
  }

  #send(message: UpMessage): void {
    const line = this.#line
    if (!line) return
    if (message.type !== 'push') return line.send(encodeUp(message))
    const frames = splitFrames(message, this.#sync.limits.frameBytes)
    this.#options.pushing(message.events.map((event) => event.id))
    const bytes = frames.reduce((sum, frame) => sum + utf8Length(frame), 0)
    this.#heartbeat.pushed(message.ref, bytes)
    for (const frame of frames) line.send(frame)
  }

  #watchGathering(): void {
    if (!this.#sync.gathering) {
      this.#cancelGather?.()
      this.#cancelGather = null
      return
    }
    this.#cancelGather ??= this.#options.clock.after(GATHER_TIME, () => {
      this.#cancelGather = null
      this.#carryOut(this.#sync.gathered())
    })
  }

  #lost(error: StoreError): void {
    this.#attempt += 1
    this.#dropLine()
    this.#sync.closed()
    if (this.#closed) return
    this.#error = error
    if (this.#greetedAt !== null && this.#options.clock.monotonic() - this.#greetedAt >= STEADY) this.#backoff.reset()
    this.#greetedAt = null
    const ms = this.#backoff.next()
    this.#waitFor('backend', `the next attempt to connect, in ${ms} ms`)
    this.#cancelRetry = this.#options.clock.after(ms, () => {
      this.#cancelRetry = null
      this.connect()
    })
    this.#become('offline')
  }

  #halt(error: StoreError): void {
    this.#attempt += 1
    this.#dropLine()
    this.#sync.stop()
    this.#error = error
    const renewal = error.code === 'sync/forbidden' ? 'renewToken, or for ' : ''
    this.#waitFor('backend', `${renewal}the store to be opened again: see error`)
    this.#become('stopped')
  }

  #dropLine(): void {
    this.#cancelGather?.()
    this.#cancelGather = null
    this.#heartbeat.stop()
    const line = this.#line
    this.#line = null
    line?.close()
    this.#options.lost()
  }

  #clear(): void {
    this.#error = null
    this.#wait = null
  }

  #waitFor(code: Wait['code'], detail: string): void {
    // One wait, however many attempts it takes: `since` is when the line was lost.
    this.#wait = { code, detail, since: this.#wait?.since ?? this.#options.clock.now() }
  }

  #become(connection: Connection): void {
    this.#connection = connection
    this.#options.changed()
  }
}

/** Something got through that had not before: a server that only ever greets is not returned to at once. */
function isProgress(message: DownMessage): boolean {
  return message.type === 'pushed' || ('events' in message && message.events.length > 0)
}

function newAssembler(): PartAssembler<PartedDown> {
  // A page rounds up to a whole commit, so it may hold a page and a commit.
  const { commitBytes, commitEvents, pageEvents } = defaultLimits
  return new PartAssembler({
    bytes: 4 * commitBytes,
    events: commitEvents + 10 * pageEvents,
    open: 4,
    idle: ANSWER_TIMEOUT,
  })
}

function silentServer(ms: number): StoreError {
  return new StoreError('sync/offline', `The sync server did not answer within ${Math.round(ms)} ms.`, {
    retry: 'backoff',
  })
}

function unauthorized(thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown
  return new StoreError('sync/unauthorized', 'The auth callback failed; it is asked again with the next attempt.', {
    retry: 'backoff',
    cause: thrown,
  })
}
