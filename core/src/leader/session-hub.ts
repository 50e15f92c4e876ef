import { type Deferred, deferred } from '../base/deferred.ts'
import { StoreError } from '../base/errors.ts'
import { printOf } from '../protocol/commit-print.ts'
import { eventId } from '../protocol/event-record.ts'
import type { LeaderMessage, LeaderStatus, Outcome, SessionMessage, TokenReason } from '../protocol/leader-messages.ts'
import { idConflict } from '../protocol/same-commit.ts'
import type { Guest, LeaderChannel } from './guest.ts'
import { LeaderSession } from './leader-session.ts'
import type { LeaderState } from './leader-state.ts'
import type { LeaderNews, LeaderWork } from './leader-work.ts'
import type { OpenStore } from './open-store.ts'
import type { Letter } from './reception.ts'

/** Confirmed events in one `log` or `events` message. */
const PAGE_EVENTS = 1_000
/** Longest wait for some session to answer `token-needed`, ms; and for the others once one has refused. */
const TOKEN_TIMEOUT = 15_000
const TOKEN_GRACE = 2_000

type Hello = Extract<SessionMessage, { type: 'hello' }>

/** A token is asked for. */
interface Asking {
  readonly reason: TokenReason
  readonly token: Deferred<string | null>
  /** Sessions that have not answered yet. */
  readonly open: Set<LeaderSession>
  /** What the last one that did answer said. */
  refusal: StoreError | null
  cancel: () => void
}

export interface SessionHubOptions
  extends Pick<OpenStore, 'epoch' | 'dbId' | 'clientId' | 'clock' | 'schema' | 'onNewerVersion'> {
  readonly state: () => LeaderState
  /**
   * False once another leader has taken over: what it wrote since then would be told torn (SESS-1). False also while the file
   * cannot be read.
   */
  readonly inOffice: () => boolean
  /** Answering failed: the session asks again. */
  readonly failed: (thrown: unknown) => void
  readonly status: () => LeaderStatus
  /** Image of the state tables at base, or null in a log-only leader. */
  readonly snapshot: () => Uint8Array | null
  readonly submit: (work: LeaderWork) => void
  /** `late`: an answer that nobody waits for any more. */
  readonly renewToken: (token: string, late: boolean) => void
}

/** All sessions of one leader: answers their hellos, takes their commits, tells them every advance. */
export class SessionHub {
  readonly #options: SessionHubOptions
  readonly #sessions = new Set<LeaderSession>()
  /** Those who were here before this hub was. */
  readonly #guests = new Map<Guest, LeaderSession>()
  #asking: Asking | null = null

  constructor(options: SessionHubOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#sessions.size
  }

  connect(channel: LeaderChannel): void {
    const session = new LeaderSession(channel, this.#options.epoch)
    this.#listen(session)
    session.send(this.#announcement())
    session.send({ type: 'status', status: this.#options.status() })
    if (!this.#asking) return
    this.#asking.open.add(session)
    session.send({ type: 'token-needed', reason: this.#asking.reason })
  }

  /** Takes in somebody who was announced to, and perhaps answered, before this hub was there. */
  takeIn(guest: Guest): void {
    const session = this.#sessionOf(guest)
    this.#listen(session)
    if (guest.live) session.goLive()
    this.#guests.set(guest, session)
  }

  /** What came before this hub was there. */
  receive(letters: readonly Letter[]): void {
    for (const { from, message } of letters) {
      // Whoever has left since is told nothing; what it has sent counts.
      const session = this.#guests.get(from) ?? this.#sessionOf(from)
      this.#heard(session, message)
    }
    this.#guests.clear()
  }

  #sessionOf({ channel, sessionId }: Guest): LeaderSession {
    const session = new LeaderSession(channel, this.#options.epoch)
    session.sessionId = sessionId
    return session
  }

  #listen(session: LeaderSession): void {
    const { epoch, clock } = this.#options
    this.#sessions.add(session)
    session.channel.listen(
      (frame) => {
        if (frame.epoch === epoch) this.#heard(session, frame.message)
        // Meant for another leader, which may have answered; but whoever says hello looks for the one in office.
        else if (frame.message.type === 'hello') session.announceSoon(clock, () => this.#announcement())
      },
      () => this.#left(session),
    )
  }

  #left(session: LeaderSession): void {
    this.#sessions.delete(session)
    if (this.#asking?.open.delete(session)) this.#answered(this.#asking)
  }

  /** Asks all sessions to greet again. */
  announce(): void {
    this.broadcast(this.#announcement())
  }

  tell(news: LeaderNews): void {
    const localHead = this.#localHead
    for (const session of this.#sessions) session.tell(news, localHead)
  }

  broadcast(message: LeaderMessage): void {
    for (const session of this.#sessions) session.send(message)
  }

  /**
   * Asks all sessions for a token; the first that is given counts, null when there is none to give.
   *
   * @throws StoreError `sync/unauthorized` when the app's `auth` fails in all of them or does not answer: connecting as nobody might be refused for good.
   */
  token(reason: TokenReason): Promise<string | null> {
    this.#tokenGiven(null)
    if (this.#sessions.size === 0) return Promise.resolve(null)
    const asking = {
      reason,
      token: deferred<string | null>(),
      open: new Set(this.#sessions),
      refusal: null,
      cancel: () => {},
    }
    this.#asking = asking
    this.#giveUpIn(TOKEN_TIMEOUT, asking)
    this.broadcast({ type: 'token-needed', reason })
    return asking.token.promise
  }

  close(): void {
    this.#tokenGiven(null)
    for (const session of this.#sessions) session.channel.close()
    this.#sessions.clear()
  }

  get #localHead(): number {
    return this.#options.state().file.local.head
  }

  #announcement(): LeaderMessage {
    return { type: 'announce', dbId: this.#options.dbId, head: this.#options.state().head }
  }

  #heard(session: LeaderSession, message: SessionMessage): void {
    try {
      this.#receive(session, message)
    } catch (thrown) {
      this.#options.failed(thrown)
    }
  }

  #receive(session: LeaderSession, message: SessionMessage): void {
    switch (message.type) {
      case 'hello':
        return this.#hello(session, message)
      case 'commit':
        // On a line that replaces another, before a hello: what was lost with that one comes before it, and both are sent again.
        if (session.sessionId) this.#options.submit({ ...message, from: session })
        return
      case 'read':
        return this.#read(session, message.ref, message.after, message.limit)
      case 'seen':
        if (session.saw(message.n)) session.send(this.#announcement())
        return
      case 'token':
        if (message.error) this.#refused(session, StoreError.from(message.error))
        else if (this.#asking) this.#tokenGiven(message.token)
        else if (message.token !== null) this.#options.renewToken(message.token, !message.renewed)
        return
      case 'bye':
        session.channel.close()
        this.#left(session)
    }
  }

  #tokenGiven(token: string | null): void {
    this.#asking?.cancel()
    this.#asking?.token.resolve(token)
    this.#asking = null
  }

  #refused(session: LeaderSession, error: StoreError): void {
    const asking = this.#asking
    if (!asking?.open.delete(session)) return
    asking.refusal = error
    this.#giveUpIn(TOKEN_GRACE, asking)
    this.#answered(asking)
  }

  /** Another tab's `auth` may have a token yet; where nobody has said a word, one that is still to come. */
  #answered(asking: Asking): void {
    if (asking.open.size === 0 && asking.refusal) this.#giveUp(asking)
  }

  #giveUpIn(ms: number, asking: Asking): void {
    asking.cancel()
    asking.cancel = this.#options.clock.after(ms, () => this.#giveUp(asking))
  }

  #giveUp(asking: Asking): void {
    asking.cancel()
    asking.token.reject(asking.refusal ?? silentApp())
    this.#asking = null
  }

  #hello(session: LeaderSession, hello: Hello): void {
    if (!this.#options.inOffice()) return
    if (this.#isTaken(session, hello)) return session.send({ type: 'taken', sessionId: hello.sessionId })
    const { dbId, schema, state, onNewerVersion } = this.#options
    session.sessionId = hello.sessionId
    session.live = false
    session.greeting += 1
    if (hello.version > schema.version) onNewerVersion?.(hello.version)
    const sameFile = hello.dbId === dbId && hello.head <= state().head
    const image = sameFile || hello.schemaHash !== schema.hash ? null : this.#options.snapshot()
    if (image) this.#sendSnapshot(session, hello, image)
    else this.#sendLog(session, hello, sameFile ? hello.head : 0, sameFile ? hello.localHead : 0, session.greeting)
    session.send({ type: 'status', status: this.#options.status() })
  }

  /** Another session bears this id: one that is here, or one that has left more events than this one has made. */
  #isTaken(session: LeaderSession, { sessionId, made }: Hello): boolean {
    for (const other of this.#sessions) if (other !== session && other.sessionId === sessionId) return true
    return this.#options.state().known(eventId(sessionId, made + 1)) !== null
  }

  #sendSnapshot(session: LeaderSession, hello: Hello, bytes: Uint8Array): void {
    const { dbId, clientId } = this.#options
    const state = this.#options.state()
    const base = state.base ?? 0
    session.send({
      type: 'snapshot',
      dbId,
      clientId,
      bytes,
      base,
      confirmed: state.read(base, state.head - base),
      pending: state.pending.flat(),
      localHead: this.#localHead,
      outcomes: outcomesOf(hello, state),
    })
    session.goLive()
  }

  /** Pages until the head, letting other work go between them; the last one makes the session live. */
  #sendLog(session: LeaderSession, hello: Hello, after: number, localAfter: number, greeting: number): void {
    if (!this.#sessions.has(session) || session.greeting !== greeting || !this.#options.inOffice()) return
    const { dbId, clientId, clock } = this.#options
    const state = this.#options.state()
    const events = state.read(after, PAGE_EVENTS)
    const next = events.at(-1)?.seq ?? after
    const more = next < state.head
    session.send({
      type: 'log',
      dbId,
      clientId,
      after,
      events,
      more,
      local: more ? [] : state.file.local.commitsAfter(localAfter).flat(),
      localHead: more ? localAfter : this.#localHead,
      pending: more ? [] : state.pending.flat(),
      outcomes: more ? [] : outcomesOf(hello, state),
    })
    if (more) clock.soon(() => this.#sendOn(session, hello, next, localAfter, greeting))
    else session.goLive()
  }

  #sendOn(session: LeaderSession, hello: Hello, after: number, localAfter: number, greeting: number): void {
    try {
      this.#sendLog(session, hello, after, localAfter, greeting)
    } catch (thrown) {
      this.#options.failed(thrown)
    }
  }

  #read(session: LeaderSession, ref: number, after: number, limit: number): void {
    if (!this.#options.inOffice()) return
    const state = this.#options.state()
    const events = state.read(after, Math.max(1, Math.min(limit, PAGE_EVENTS)))
    session.send({ type: 'events', ref, events, more: (events.at(-1)?.seq ?? after) < state.head })
  }
}

function silentApp(): StoreError {
  return new StoreError('sync/unauthorized', `The app gave no token within ${TOKEN_TIMEOUT} ms; it is asked again.`, {
    retry: 'backoff',
  })
}

function outcomesOf(hello: Hello, state: LeaderState): Outcome[] {
  return hello.unconfirmed.map(({ id, print }) => {
    const known = state.known(id)
    if (known && printOf(known) === print) return { id, state: state.isPending(id) ? 'pending' : 'confirmed' }
    const error = state.file.verdicts.rejectionOf(id) ?? (known && idConflict(id).toJSON())
    return error ? { id, state: 'rejected', error } : { id, state: 'unknown' }
  })
}
