import {
  type AnySchema,
  type Clock,
  type EventId,
  type EventRecord,
  type Frame,
  type LeaderMessage,
  printOf,
  type SessionMessage,
  type UnackedCommit,
} from '@livefold/core/adapter'
import { LineChannel } from './line-channel.ts'
import { Presence } from './presence.ts'
import type { StoreNames } from './store-names.ts'

/** Longest that a session is kept from a leader that is being seeded, ms. */
const SEEDING = 5_000

export interface LogCopyOptions {
  readonly names: StoreNames
  readonly clock: Clock
  readonly schema: AnySchema
  /** Name of a line of its own. */
  readonly line: string
}

/**
 * The whole log of a leader that has neither a disk nor a sync: once it is gone, nobody else has it. Each page follows it over a line of
 * its own, and hands the next leader what that one does not know. Event ids make it harmless that all pages do.
 */
export class LogCopy {
  readonly #options: LogCopyOptions
  readonly #commits = new Map<EventId, UnackedCommit>()
  readonly #presence: Presence
  readonly #channel: LineChannel<Frame<SessionMessage>, Frame<LeaderMessage>>
  #epoch = 0
  #dbId = ''
  /** Database of a leader that has all of it. */
  #seeded = ''
  /** Commits, by their first event, that the leader in office has yet to take. */
  readonly #missing = new Set<EventId>()
  #held: (() => void) | null = null
  #cancelHold: (() => void) | null = null

  constructor(options: LogCopyOptions) {
    this.#options = options
    const { names, line } = options
    this.#channel = new LineChannel(names.session + line, 'session')
    this.#channel.listen((frame) => this.#receive(frame))
    this.#presence = new Presence(names, line)
  }

  /** The page was frozen: what was said meanwhile may be lost. */
  show(): void {
    this.#presence.show()
  }

  /**
   * Keeps an announcement from the session until that leader has the log, which it would have to go back behind otherwise.
   *
   * @returns false where there is nothing to wait for; else `deliver` is called later.
   */
  holds(dbId: string, deliver: () => void): boolean {
    if (dbId === this.#seeded) return false
    this.#held = deliver
    this.#cancelHold ??= this.#options.clock.after(SEEDING, () => this.#release())
    return true
  }

  close(): void {
    this.#cancelHold?.()
    this.#channel.close()
    this.#presence.leave()
  }

  #receive({ epoch, message }: Frame<LeaderMessage>): void {
    if (message.type === 'announce') {
      this.#epoch = epoch
      this.#dbId = message.dbId
      this.#missing.clear()
      this.#hello()
    } else if (epoch !== this.#epoch) return
    else if (message.type === 'log') {
      this.#add(message.events, false)
      if (message.more) return
      this.#add(message.local, true)
      for (const { id, state } of message.outcomes) {
        const commit = this.#commits.get(id)
        if (commit && state === 'unknown') {
          this.#missing.add(id)
          this.#send({ type: 'commit', again: true, ...commit })
        } else if (state === 'rejected') this.#commits.delete(id)
      }
      this.#taken([])
    } else if (message.type === 'advance') {
      this.#add(message.confirmed, false)
      this.#add(message.pendingAdded, false)
      this.#add(message.local, true)
      const rejected = message.rejected.map(({ ids }) => ids[0] ?? '')
      for (const id of rejected) this.#commits.delete(id)
      this.#taken([...message.confirmed, ...message.pendingAdded, ...message.local, ...rejected])
      this.#send({ type: 'seen', n: message.n })
    }
  }

  #taken(told: readonly (EventRecord | EventId)[]): void {
    for (const each of told) this.#missing.delete(typeof each === 'string' ? each : each.id)
    if (this.#missing.size > 0) return
    this.#seeded = this.#dbId
    this.#release()
  }

  #release(): void {
    this.#cancelHold?.()
    this.#cancelHold = null
    this.#held?.()
    this.#held = null
  }

  #hello(): void {
    const { hash: schemaHash, version } = this.#options.schema
    this.#send({
      type: 'hello',
      sessionId: this.#options.line,
      // Of this very database, and nothing of it: that is answered by the log.
      dbId: this.#dbId,
      head: 0,
      localHead: 0,
      schemaHash,
      version,
      made: 0,
      unconfirmed: [...this.#commits].map(([id, { events }]) => ({ id, print: printOf(events) })),
    })
  }

  #add(events: readonly (EventRecord | EventId)[], local: boolean): void {
    let commit: EventRecord[] = []
    for (const told of events) {
      // By its id alone comes what this line was told before.
      if (typeof told === 'string') continue
      // Its place is another one in the next log.
      const { seq: _, ...event } = told as EventRecord & { seq?: number }
      commit.push(event)
      if (event.joined) continue
      const first = commit[0]?.id ?? ''
      if (!this.#commits.has(first)) this.#commits.set(first, { local, events: commit })
      commit = []
    }
  }

  #send(message: SessionMessage): void {
    this.#channel.send({ epoch: this.#epoch, message })
  }
}
