import { StoreError } from '../base/errors.ts'
import type { Commit, ConfirmedEvent, EventId, EventRecord } from '../protocol/event-record.ts'
import { type DownMessage, defaultLimits, type Limits, PROTOCOL_VERSION } from '../protocol/sync-messages.ts'
import { type Flight, Flights, isRun } from './flights.ts'
import { nextPush, nextUpload, PIPELINE, whyTooLarge } from './push-policy.ts'
import type { SyncEffect, SyncView } from './sync-effect.ts'
import { brokenCommit, mismatch, otherProtocol, overtaken, tooLarge } from './sync-errors.ts'

/**
 * - `offline`    no line
 * - `greeting`   hello sent, welcome awaited
 * - `uploading`  a history made without a backend is pushed to one that holds a prefix of it
 * - `pulling`    catching up with the backend's head
 * - `online`     caught up; pages come by themselves, pending is pushed
 * - `stopped`    the backend and this store cannot go on together
 */
export type SyncPhase = 'offline' | 'greeting' | 'uploading' | 'pulling' | 'online' | 'stopped'

export interface SyncIdentity {
  readonly storeId: string
  readonly clientId: string
}

/** Gathered events that are handed over although more are announced: bounds memory (BND-1). */
const GATHER_EVENTS = 20_000

/**
 * The leader's side of the protocol with the backend, without I/O, time or chance: messages and acts go in, effects come out.
 *
 * Its heart is one order, never broken: **pull → rebase → push**. After connecting it pulls before it pushes; a push is sent
 * only once the leader has applied everything foreign that was received (`#foreign ≤ head`), so that what is pushed has been
 * rebased on all of it. Pushes form one pipeline: each assumes the one before it was accepted, and names its last event, so that
 * the server's compare-and-set refuses all that follow a refused one.
 *
 * Invariants: `head ≤ received`, but while a history is uploaded; `flights` and `underWay` are empty while there is no line; a
 * commit is in at most one flight.
 */
export class SyncState {
  readonly #identity: SyncIdentity
  readonly #pipeline: number
  phase: SyncPhase = 'offline'
  backendId: string | null
  backendHead: number
  limits: Limits = defaultLimits
  /** Confirmed and durable here. */
  #head: number
  #headId: EventId | null
  /** Handed to the leader, or gathered: what a page must continue. */
  #received: number
  #receivedId: EventId | null
  /** Last `seq` received that another client wrote. */
  #foreign = 0
  #gathered: ConfirmedEvent[] = []
  readonly #flights = new Flights()
  /** Commits (by first event) answered or received, which the leader has not yet taken out of pending. */
  readonly #underWay = new Set<EventId>()
  /**
   * A commit was refused: the leader takes it out before anything else is pushed. Outlives the line: offered once more, the commit
   * might be accepted, although it is about to be reported as rejected (rule LOG-1).
   */
  #held = false
  /** The server takes no pushes from this identity; pages still come. */
  #readOnly = false
  #ref = 0
  /** Last message that was sent before another token was: what it asks for may be refused under the old one. */
  #renewedAfter = 0
  #pullRef = 0
  #uploaded = 0
  /** Name of the backend that the upload goes to. */
  #uploadTo = ''
  /** A backend that is further than this history: its first page shows that it holds all of it, and makes it ours. */
  #adoptAtPage: string | null = null

  constructor(
    identity: SyncIdentity,
    ordered: boolean,
    at: { head: number; headId: EventId | null; backendId: string | null },
  ) {
    this.#identity = identity
    this.#pipeline = ordered ? PIPELINE : 1
    this.#head = at.head
    this.#headId = at.headId
    this.#received = at.head
    this.#receivedId = at.headId
    this.backendId = at.backendId
    this.backendHead = at.head
  }

  /** Pushes that wait for an answer. */
  get inFlight(): number {
    return this.#flights.size
  }

  /** The server takes no pushes from this identity. */
  get readOnly(): boolean {
    return this.#readOnly
  }

  /** More was told of than has come, or was handed over. */
  get isBehind(): boolean {
    return this.#received < this.backendHead || this.gathering
  }

  /** Pages are gathered that were announced to go on. */
  get gathering(): boolean {
    return this.#gathered.length > 0
  }

  /** The line is open: greet. */
  opened(token: string | null): SyncEffect[] {
    this.#reset('greeting')
    const hello = {
      type: 'hello' as const,
      protocol: PROTOCOL_VERSION,
      ...this.#identity,
      head: this.#head,
      headId: this.#headId,
      ...(token !== null && { token }),
      ...(this.backendId !== null && { backendId: this.backendId }),
    }
    return [{ type: 'send', message: hello }]
  }

  /** The line is gone. What was in the air has an unknown outcome, and what is not durable is forgotten: the next connection pulls first. */
  closed(): void {
    if (this.phase !== 'stopped') this.#reset('offline')
  }

  /** Nothing more will come of this: `stopped` for good, until the store is opened again. */
  stop(): void {
    this.#reset('stopped')
  }

  /** The leader has made everything handed to it durable, up to `head`, and rebased pending on it. */
  applied(head: number, headId: EventId | null, view: SyncView): SyncEffect[] {
    this.#head = head
    this.#headId = headId
    if (this.#received < head && this.phase !== 'uploading') {
      this.#received = head
      this.#receivedId = headId
    }
    this.#held = false
    for (const id of this.#underWay) if (!view.isPending(id)) this.#underWay.delete(id)
    return this.push(view)
  }

  /** Another token was sent: what was forbidden may be allowed now. */
  renewed(view: SyncView): SyncEffect[] {
    this.#readOnly = false
    this.#renewedAfter = this.#ref
    return this.push(view)
  }

  /** More came into pending, or something else may allow a push. */
  push(view: SyncView): SyncEffect[] {
    const effects: SyncEffect[] = []
    if (this.phase === 'uploading') return this.#upload(view)
    while (this.#mayPush()) {
      const commits = nextPush(view.pending, (id) => this.#underWay.has(id) || this.#flights.carries(id))
      if (commits.length === 0) break
      const refused = this.#refuseTooLarge(commits)
      if (refused) return [...effects, refused]
      const commitIds = commits.map((commit) => (commit[0] as EventRecord).id)
      effects.push(this.#launch(commits.flat(), commitIds))
    }
    return effects
  }

  /** The time for gathering is over: hand over what came. */
  gathered(): SyncEffect[] {
    if (this.#gathered.length === 0) return []
    const events = this.#gathered
    this.#gathered = []
    return [{ type: 'receive', events }]
  }

  message(message: DownMessage, view: SyncView): SyncEffect[] {
    const cut = 'events' in message ? message.events.at(-1) : undefined
    if (cut?.joined) return [{ type: 'close', error: brokenCommit(cut.seq), stop: false }]
    switch (message.type) {
      case 'welcome':
        return this.#welcome(message, view)
      case 'page':
        return message.ref === this.#pullRef ? this.#page(message, view) : []
      case 'pushed':
        return this.#pushed(message, view)
      case 'behind':
        return this.#behind(message, view)
      case 'rejected':
        return this.#rejected(message)
      case 'error':
        return this.#error(message, view)
      case 'pong':
        return []
    }
  }

  #reset(phase: SyncPhase): void {
    this.phase = phase
    this.#gathered = []
    this.#flights.clear()
    this.#underWay.clear()
    this.#readOnly = false
    this.#pullRef = 0
    this.#adoptAtPage = null
    this.#foreign = 0
    this.#received = this.#head
    this.#receivedId = this.#headId
  }

  #welcome(welcome: Extract<DownMessage, { type: 'welcome' }>, view: SyncView): SyncEffect[] {
    if (this.phase !== 'greeting') return []
    if (welcome.protocol !== PROTOCOL_VERSION) return this.#halt(otherProtocol(this.#identity.storeId))
    this.limits = welcome.limits
    this.backendHead = welcome.head
    if (this.backendId !== null) {
      if (this.backendId !== welcome.backendId)
        return this.#mismatch('it is not the backend this store was synced with')
      if (welcome.head < this.#head) return this.#mismatch(`it holds ${welcome.head} events, this store ${this.#head}`)
      return this.#pull()
    }
    // This log was made without a backend. One that is further may hold all of it, after an upload whose end we did not hear of:
    // the pull names our last event, and is refused where that is missing.
    if (this.#head > 0 && welcome.head > this.#head) {
      this.#adoptAtPage = welcome.backendId
      return this.#pull()
    }
    if (view.idAt(welcome.head) !== welcome.headId && this.#head > 0) {
      return this.#mismatch('it holds events that this store, which never had a backend, does not have')
    }
    if (welcome.head >= this.#head) return [this.#adopt(welcome.backendId), ...this.#pull()]
    this.phase = 'uploading'
    this.#uploaded = welcome.head
    this.#received = welcome.head
    this.#receivedId = welcome.headId
    this.#uploadTo = welcome.backendId
    return this.#upload(view)
  }

  #adopt(backendId: string): SyncEffect {
    this.backendId = backendId
    return { type: 'adopt', backendId }
  }

  #pull(): SyncEffect[] {
    this.phase = 'pulling'
    const effects: SyncEffect[] = this.gathered()
    if (this.#pullRef > 0) effects.push({ type: 'send', message: { type: 'stop', ref: this.#pullRef } })
    const ref = ++this.#ref
    this.#pullRef = ref
    const at = { after: this.#received, afterId: this.#receivedId }
    effects.push({ type: 'send', message: { type: 'pull', ref, ...at, limit: this.limits.pageEvents, live: true } })
    return effects
  }

  #page(page: Extract<DownMessage, { type: 'page' }>, view: SyncView): SyncEffect[] {
    const adopted = this.#adoptAtPage === null ? [] : [this.#adopt(this.#adoptAtPage)]
    this.#adoptAtPage = null
    if (this.#gather(page.events, page.head, view)) return [...adopted, ...this.#pull()]
    if (page.more && this.#gathered.length < GATHER_EVENTS) return adopted
    if (!page.more && this.phase === 'pulling') this.phase = 'online'
    return [...adopted, ...this.gathered(), ...this.push(view)]
  }

  /** Takes what continues `received`. True when there is a gap before the first event. */
  #gather(events: readonly ConfirmedEvent[], head: number, view: SyncView): boolean {
    this.backendHead = Math.max(this.backendHead, head)
    const news = events.filter((event) => event.seq > this.#received)
    const [first] = news
    if (!first) return false
    if (first.seq !== this.#received + 1) return true
    const own = this.#flights.eventIds()
    for (const event of news) {
      this.#gathered.push(event)
      if (view.isPending(event.id)) this.#underWay.add(event.id)
      if (!own.has(event.id)) {
        this.#foreign = event.seq
        this.#flights.break()
      }
      this.#received = event.seq
      this.#receivedId = event.id
    }
    return false
  }

  #mayPush(): boolean {
    if (this.phase !== 'online' || this.#flights.broken || this.#held || this.#readOnly || this.#gathered.length > 0)
      return false
    return this.#flights.size < this.#pipeline && this.#foreign <= this.#head
  }

  #launch(events: readonly EventRecord[], commitIds: readonly EventId[]): SyncEffect {
    const before = this.#flights.last
    const after = before ? before.after + before.ids.length : this.#received
    const afterId = before ? (before.ids.at(-1) as EventId) : this.#receivedId
    const ref = ++this.#ref
    this.#flights.add({ ref, after, ids: events.map((event) => event.id), commitIds })
    return { type: 'send', message: { type: 'push', ref, after, afterId, ...this.#flights.unsent(events) } }
  }

  #refuseTooLarge(commits: readonly Commit[]): SyncEffect | null {
    for (const commit of commits) {
      const why = whyTooLarge(commit, this.limits)
      if (why === null) continue
      this.#held = true
      const eventId = (commit[0] as EventRecord).id
      return { type: 'reject', eventId, error: tooLarge(eventId, why) }
    }
    return null
  }

  #pushed(pushed: Extract<DownMessage, { type: 'pushed' }>, view: SyncView): SyncEffect[] {
    const flight = this.#flights.land(pushed.ref)
    const [first] = pushed.seqs
    if (!flight || first === undefined) return []
    this.backendHead = Math.max(this.backendHead, pushed.seqs.at(-1) ?? 0)
    if (this.phase === 'uploading') return this.#uploadedOne(flight, first, view)
    const skip = this.#received + 1 - first
    // It landed further up than we have read, or not in one run: what came between has to be read first.
    if (skip < 0 || !isRun(pushed.seqs, flight.ids.length)) return this.#pull()
    const ids = flight.ids.slice(skip)
    if (ids.length === 0) return this.push(view)
    const from = this.#received + 1
    for (const id of flight.commitIds) this.#underWay.add(id)
    this.#received += ids.length
    this.#receivedId = ids.at(-1) as EventId
    return [...this.gathered(), { type: 'confirm', ids, from }, ...this.push(view)]
  }

  #behind(behind: Extract<DownMessage, { type: 'behind' }>, view: SyncView): SyncEffect[] {
    const flight = this.#flights.land(behind.ref)
    if (!flight) return []
    // An earlier line of ours wrote to it meanwhile, or another client: the next welcome tells which.
    if (this.phase === 'uploading') return [{ type: 'close', error: overtaken(), stop: false }]
    if (behind.kept) this.#flights.keep(flight)
    this.#flights.break()
    if (this.#gather(behind.events, behind.head, view)) return this.#pull()
    // Where there is more, the live pull brings it, unless it was quicker than this answer.
    if (behind.more && this.#received < behind.head) return []
    return [...this.gathered(), ...this.push(view)]
  }

  #rejected(rejected: Extract<DownMessage, { type: 'rejected' }>): SyncEffect[] {
    if (!this.#flights.land(rejected.ref)) return []
    const error = new StoreError(rejected.code, rejected.message, { details: { eventId: rejected.eventId } })
    // It is confirmed here: nothing can be taken out of this history, and all behind it builds on it.
    if (this.phase === 'uploading') return this.#halt(error)
    this.#flights.break()
    this.#held = true
    return [{ type: 'reject', eventId: rejected.eventId, error }]
  }

  #error({ ref, code, retry, message }: Extract<DownMessage, { type: 'error' }>, view: SyncView): SyncEffect[] {
    const error = new StoreError(code, message, { retry })
    if (code === 'sync/unauthorized') {
      return [
        { type: 'token', reason: 'refused' },
        { type: 'close', error, stop: false },
      ]
    }
    const readOnly = code === 'sync/forbidden' && retry === 'no' && this.phase !== 'uploading'
    if (readOnly && ref !== undefined && this.#flights.land(ref)) {
      this.#flights.break()
      if (ref <= this.#renewedAfter) return this.push(view)
      this.#readOnly = true
      return [{ type: 'report', error }]
    }
    return retry === 'no' ? this.#halt(error) : [{ type: 'close', error, stop: false }]
  }

  #upload(view: SyncView): SyncEffect[] {
    const effects: SyncEffect[] = []
    while (this.#flights.size < this.#pipeline) {
      const { last } = this.#flights
      const after = last ? last.after + last.ids.length : this.#uploaded
      const events = nextUpload(view.read(after, 1_000))
      if (events.length === 0) break
      effects.push(this.#launch(events.map(withoutSeq), []))
    }
    return effects
  }

  #uploadedOne(flight: Flight, first: number, view: SyncView): SyncEffect[] {
    if (first !== flight.after + 1) return this.#mismatch('it gave this history other places')
    this.#uploaded = flight.after + flight.ids.length
    this.#received = this.#uploaded
    this.#receivedId = flight.ids.at(-1) ?? null
    if (this.#uploaded < this.#head) return this.#upload(view)
    return [this.#adopt(this.#uploadTo), ...this.#pull()]
  }

  #mismatch(why: string): SyncEffect[] {
    return this.#halt(mismatch(this.#identity.storeId, why))
  }

  #halt(error: StoreError): SyncEffect[] {
    this.#reset('stopped')
    return [{ type: 'close', error, stop: true }]
  }
}

function withoutSeq({ seq: _, ...record }: ConfirmedEvent): EventRecord {
  return record
}
