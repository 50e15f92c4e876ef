import { StoreError } from '../base/errors.ts'
import { encodeDown, MESSAGE_LENGTH } from '../protocol/codec.ts'
import type { EventId, EventRecord } from '../protocol/event-record.ts'
import { malformed } from '../protocol/fields.ts'
import type { Limits } from '../protocol/sync-messages.ts'
import type { Gate, Identity, Refusal } from './authorize.ts'
import { Claims } from './claims.ts'
import type { FanOut } from './fan-out.ts'
import { KeptPush } from './kept-push.ts'
import type { AppendResult, LogStore } from './log-store.ts'
import { commitsOf, type PushMessage } from './push-check.ts'
import type { TurnMember, Turns } from './turns.ts'

/** In place of the last event of a push whose events are not known any more: whatever builds on it is behind like it. */
const FORGOTTEN = ''

export interface PushCounts {
  appended: number
  known: number
  behind: number
  rejected: number
}

/** What pushes need of their connection. */
export interface PushHost {
  readonly storeId: string
  readonly identity: Identity
  readonly closed: boolean
  readonly log: LogStore
  readonly gate: Gate
  readonly limits: Limits
  readonly fanOut: FanOut
  readonly turns: Turns
  readonly member: TurnMember
  readonly counts: PushCounts
  /** Counts bytes that the client need not send towards what it may. @throws StoreError sync/limit */
  spend(bytes: number): void
  send(frame: string): void
  /** The log is about to take events after `after`; live pulls wait for the answer to be sent. */
  appending(): void
  /** The answer is sent; live pulls go on. */
  answered(): void
  /** Position up to which the live pulls have sent events; 0 where there is none. */
  sentUpTo(): number
  /** The client has, or was sent, the `count` events after `after`: live pulls leave them out. */
  skip(after: number, count: number): void
}

/** One connection's pushes: one after the other, each appended whole or not at all. */
export class Pushes {
  readonly #host: PushHost
  /** Last event of the push before: a pipelined push builds on it, whatever became of it. */
  #tail: EventId | null = null
  readonly #claims: Claims
  readonly #kept = new KeptPush()

  constructor(host: PushHost) {
    this.#host = host
    this.#claims = new Claims(host.log, host.storeId)
  }

  /**
   * Answers one gathered push.
   * @param bytes of its text, from above
   * @throws StoreError what the connection does not survive
   */
  async handle(sent: PushMessage, bytes: number): Promise<void> {
    const host = this.#host
    const whole = this.#kept.begin(sent, bytes)
    if (!whole) {
      this.#tail = sent.events.at(-1)?.id ?? FORGOTTEN
      return this.#emptyBehind(sent.ref)
    }
    if (whole.bytes > bytes) host.spend(whole.bytes - bytes)
    const { push } = whole
    const commits = commitsOf(push, host.limits)
    await host.turns.enter(host.member)
    if (host.closed) return
    const tail = this.#tail
    this.#tail = (push.events.at(-1) as EventRecord).id
    if (await this.#isStale(push)) return this.#answer(push, { kind: 'behind' }, tail)
    if (!host.gate.guardsPushes) return this.#append(push, tail)
    const standing = await this.#standing(push)
    if (standing === 'behind') return this.#answer(push, { kind: 'behind' }, tail)
    if (standing === 'known') return this.#append(push, tail)
    if (host.closed) return
    if (!(await this.#mayWrite(push.ref, commits))) return
    const refusal = await host.gate.validate(host.identity, commits, host.storeId)
    if (host.closed) return
    if (refusal) return this.#refused(push.ref, refusal)
    await this.#append(push, tail)
  }

  /** True when it is plain without a transaction that others were first. */
  async #isStale({ after, events }: PushMessage): Promise<boolean> {
    const { log, storeId, fanOut } = this.#host
    if (after >= fanOut.head) return false
    const [known] = await log.find(storeId, [(events[0] as EventRecord).id])
    return known === null
  }

  /**
   * `next`: would be appended as things stand, so it is judged first. `known`: some of its events are there; the log answers it and appends
   * nothing, and what is confirmed is not judged again. `behind`: others were first; the log is not asked once more, which could
   * by then stand where the push foretold, and take it unjudged.
   */
  async #standing(push: PushMessage): Promise<'next' | 'known' | 'behind'> {
    const { log, storeId } = this.#host
    const ids = push.events.map(({ id }) => id)
    if ((await log.find(storeId, ids)).some((seq) => seq !== null)) return 'known'
    const head = await log.head(storeId)
    return head.seq === push.after && head.id === push.afterId ? 'next' : 'behind'
  }

  async #mayWrite(ref: number, commits: readonly EventRecord[][]): Promise<boolean> {
    const { gate, identity, storeId, turns, member } = this.#host
    try {
      await gate.require(identity, storeId, 'write')
      if (gate.authenticates) await this.#claims.require(identity, commits)
      return true
    } catch (error) {
      if (!(error instanceof StoreError) || gate.isLogFailure(error)) throw error
      turns.pushed(member)
      this.#sendError(ref, error)
      return false
    }
  }

  #refused(ref: number, { eventId, error }: Refusal): void {
    const { turns, member } = this.#host
    turns.pushed(member)
    if (error.retry === 'no') this.#reject(ref, eventId, error)
    else this.#sendError(ref, error)
  }

  async #append(push: PushMessage, tail: EventId | null): Promise<void> {
    const host = this.#host
    if (host.closed) return
    host.appending()
    host.turns.appending(host.member)
    try {
      const result = await host.log.append(host.storeId, push.after, push.afterId, push.events)
      if (result.kind === 'appended') {
        host.skip(push.after, result.seqs.length)
        host.fanOut.appended(push.after, push.events)
      }
      await this.#answer(push, result, tail)
    } finally {
      host.answered()
      host.turns.appended(host.member)
    }
  }

  async #answer(push: PushMessage, result: AppendResult | { readonly kind: 'behind' }, tail: EventId | null) {
    const { counts, turns, member, closed } = this.#host
    if (closed) return
    switch (result.kind) {
      case 'appended':
      case 'known':
        counts[result.kind]++
        this.#kept.forget()
        this.#host.send(encodeDown({ type: 'pushed', ref: push.ref, seqs: result.seqs }))
        return turns.pushed(member)
      case 'conflict':
        this.#reject(
          push.ref,
          result.eventId,
          new StoreError(
            'sync/id-conflict',
            `Event ${result.eventId} is in the log with other content: its session id was used twice.`,
          ),
        )
        return turns.pushed(member)
      case 'behind':
        counts.behind++
        return this.#behind(push, tail)
    }
  }

  /** Sends what the pusher misses, or why that cannot be told. */
  async #behind(push: PushMessage, tail: EventId | null): Promise<void> {
    const { log, storeId, fanOut, limits, turns, member } = this.#host
    const { ref, after, afterId } = push
    if (await log.holds(storeId, after, afterId)) {
      // What the live pull has sent is under way already, ahead of this answer.
      const from = Math.max(after, this.#host.sentUpTo())
      fanOut.outgrown(after)
      const page = await fanOut.page(from, limits.pageEvents)
      if (this.#host.closed) return
      if (page.head <= after) {
        throw malformed('events', `new: some of push ${ref} are confirmed at or before its own position ${after}`)
      }
      const count = page.encoded.events.length
      const kept = this.#kept.keep() ? { kept: true as const } : null
      const envelope = { type: 'behind' as const, ref, head: page.head, more: from + count < page.head, ...kept }
      for (const frame of page.frames(envelope, limits.frameBytes)) this.#host.send(frame)
      this.#host.skip(from, count)
      return turns.behind(member)
    }
    if (afterId === null || (afterId !== tail && tail !== FORGOTTEN)) {
      throw new StoreError(
        'sync/backend-mismatch',
        `Store "${storeId}" holds no event ${afterId} at ${after}. The server's history is another one.`,
        {
          details: { ref },
        },
      )
    }
    // Built on a push that was not appended where its author assumed: the answer to that one carries the events.
    return this.#emptyBehind(ref)
  }

  /** To be pushed again, with all its events, after what its author has or will have. */
  async #emptyBehind(ref: number): Promise<void> {
    const { log, storeId, turns, member } = this.#host
    const { seq } = await log.head(storeId)
    if (this.#host.closed) return
    this.#host.send(encodeDown({ type: 'behind', ref, head: seq, events: [], more: false }))
    turns.followed(member)
  }

  #reject(ref: number, eventId: EventId, { code, message }: StoreError): void {
    this.#host.counts.rejected++
    this.#host.send(encodeDown({ type: 'rejected', ref, eventId, code, message: message.slice(0, MESSAGE_LENGTH) }))
  }

  #sendError(ref: number, { code, retry, message }: StoreError): void {
    this.#host.send(encodeDown({ type: 'error', ref, code, retry, message: message.slice(0, MESSAGE_LENGTH) }))
  }
}
