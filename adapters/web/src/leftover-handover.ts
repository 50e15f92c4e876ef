import {
  type AnySchema,
  type Clock,
  type EventId,
  type Frame,
  type LeaderMessage,
  printOf,
  type SessionMessage,
  type UnackedCommit,
} from '@livefold/core/adapter'
import { LineChannel } from './line-channel.ts'
import { Presence } from './presence.ts'
import type { StoreNames } from './store-names.ts'

/** Longest that one delivery may take, ms; the next announcement starts another. */
const PATIENCE = 15_000

export interface HandoverOptions {
  readonly names: StoreNames
  readonly schema: AnySchema
  readonly clock: Clock
  /** Name of a line of its own. */
  readonly line: string
  readonly commits: readonly UnackedCommit[]
  /** Gives up what is under way. */
  readonly signal: AbortSignal
}

/** Hands commits to the leader. True when it has them all durably. */
export async function handOver({ names, schema, clock, line, commits, signal }: HandoverOptions): Promise<boolean> {
  const presence = new Presence(names, line)
  await presence.entered
  const channel = new LineChannel<Frame<SessionMessage>, Frame<LeaderMessage>>(names.session + line, 'session')
  const delivered = await new Promise<boolean>((resolve) => {
    const cancel = clock.after(PATIENCE, () => resolve(false))
    const give = (done: boolean) => {
      cancel()
      signal.removeEventListener('abort', abandon)
      resolve(done)
    }
    const abandon = () => give(false)
    if (signal.aborted) return give(false)
    signal.addEventListener('abort', abandon)
    const handover = new Handover(channel, line, schema, commits, () => give(true))
    channel.listen((frame) => handover.receive(frame))
    presence.show()
  })
  channel.close()
  presence.leave()
  return delivered
}

/** The talk with the leader: hello at its head, then what it does not know, then its word that it has it. */
class Handover {
  readonly #channel: LineChannel<Frame<SessionMessage>, Frame<LeaderMessage>>
  readonly #sessionId: string
  readonly #schema: AnySchema
  readonly #commits: readonly UnackedCommit[]
  readonly #open: Set<EventId>
  readonly #done: () => void
  #epoch = 0
  /** The leader keeps nothing on disk: what it has is safe once it is confirmed. */
  #memory = false

  constructor(
    channel: LineChannel<Frame<SessionMessage>, Frame<LeaderMessage>>,
    sessionId: string,
    schema: AnySchema,
    commits: readonly UnackedCommit[],
    done: () => void,
  ) {
    this.#channel = channel
    this.#sessionId = sessionId
    this.#schema = schema
    this.#commits = commits
    this.#open = new Set(commits.map(firstId))
    this.#done = done
  }

  receive({ epoch, message }: Frame<LeaderMessage>): void {
    if (message.type === 'announce') {
      this.#epoch = epoch
      this.#hello(message.dbId, message.head)
      return
    }
    if (epoch !== this.#epoch) return
    if (message.type === 'status') this.#memory = message.status.storage === 'memory'
    else if (message.type === 'log' && !message.more) {
      for (const { id, state } of message.outcomes) {
        if (state !== 'unknown' && !(this.#memory && state === 'pending')) this.#open.delete(id)
      }
      if (!this.#finished()) this.#sendRest()
    } else if (message.type === 'advance') {
      const { pendingAdded, confirmed, local, rejected, refused = [] } = message
      for (const told of [...(this.#memory ? [] : pendingAdded), ...confirmed, ...local])
        this.#open.delete(typeof told === 'string' ? told : told.id)
      for (const { ids } of [...rejected, ...refused]) this.#open.delete(ids[0] ?? '')
      this.#send({ type: 'seen', n: message.n })
      this.#finished()
    }
  }

  #hello(dbId: string, head: number): void {
    this.#send({
      type: 'hello',
      sessionId: this.#sessionId,
      dbId,
      head,
      // Beyond any: it wants no local events.
      localHead: Number.MAX_SAFE_INTEGER,
      schemaHash: this.#schema.hash,
      version: this.#schema.version,
      made: 0,
      unconfirmed: this.#commits
        .filter((commit) => this.#open.has(firstId(commit)))
        .map((commit) => ({ id: firstId(commit), print: printOf(commit.events) })),
    })
  }

  #sendRest(): void {
    for (const commit of this.#commits) {
      if (this.#open.has(firstId(commit)))
        this.#send({ type: 'commit', local: commit.local, again: true, events: commit.events })
    }
  }

  #finished(): boolean {
    if (this.#open.size > 0) return false
    this.#send({ type: 'bye' })
    this.#done()
    return true
  }

  #send(message: SessionMessage): void {
    this.#channel.send({ epoch: this.#epoch, message })
  }
}

function firstId({ events }: UnackedCommit): EventId {
  return events[0]?.id ?? ''
}
