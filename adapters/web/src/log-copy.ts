import {
  type AnySchema,
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

export interface LogCopyOptions {
  readonly names: StoreNames
  readonly schema: AnySchema
  readonly newLine: () => string
}

/**
 * The whole log of a leader that has neither a disk nor a sync: once it is gone, nobody else has it. Each page follows it over a line of
 * its own, and hands the next leader what that one does not know. Event ids make it harmless that all pages do.
 */
export class LogCopy {
  readonly #options: LogCopyOptions
  readonly #commits = new Map<EventId, UnackedCommit>()
  #line = ''
  #presence: Presence | null = null
  #channel: LineChannel<Frame<SessionMessage>, Frame<LeaderMessage>> | null = null
  #epoch = 0
  #dbId = ''

  constructor(options: LogCopyOptions) {
    this.#options = options
  }

  /** Does nothing when it has begun. */
  begin(): void {
    if (this.#channel) return
    const { names, newLine } = this.#options
    this.#line = newLine()
    this.#channel = new LineChannel(names.session + this.#line, 'session')
    this.#channel.listen((frame) => this.#receive(frame))
    const channel = this.#channel
    void Presence.enter(names, this.#line).then((presence) => {
      if (this.#channel === channel) this.#presence = presence
      else presence.leave()
    })
  }

  /** The page was frozen: what was said meanwhile may be lost. */
  show(): void {
    this.#presence?.show()
  }

  close(): void {
    this.#channel?.close()
    this.#channel = null
    this.#presence?.leave()
    this.#presence = null
  }

  #receive({ epoch, message }: Frame<LeaderMessage>): void {
    if (message.type === 'announce') {
      this.#epoch = epoch
      this.#dbId = message.dbId
      this.#hello()
    } else if (epoch !== this.#epoch) return
    else if (message.type === 'log') {
      this.#add(message.events, false)
      if (message.more) return
      this.#add(message.local, true)
      for (const { id, state } of message.outcomes) {
        const commit = this.#commits.get(id)
        if (commit && state === 'unknown') this.#send({ type: 'commit', again: true, ...commit })
        else if (state === 'rejected') this.#commits.delete(id)
      }
    } else if (message.type === 'advance') {
      // By its id alone comes what this line was told before.
      this.#add(message.confirmed.filter(isRecord), false)
      this.#add(message.pendingAdded.filter(isRecord), false)
      this.#add(message.local.filter(isRecord), true)
      for (const { ids } of message.rejected) this.#commits.delete(ids[0] ?? '')
      this.#send({ type: 'seen', n: message.n })
    }
  }

  #hello(): void {
    const { hash: schemaHash, version } = this.#options.schema
    this.#send({
      type: 'hello',
      sessionId: this.#line,
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

  #add(events: readonly EventRecord[], local: boolean): void {
    let commit: EventRecord[] = []
    for (const told of events) {
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
    this.#channel?.send({ epoch: this.#epoch, message })
  }
}

function isRecord<E extends EventRecord>(told: E | EventId): told is E {
  return typeof told !== 'string'
}
