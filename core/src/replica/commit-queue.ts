import { type Commit, type EventId, type EventRecord, eventNumber } from '../protocol/event-record.ts'

/** Commits that wait for a place in the order, by order and by the ids of their events. Adding and removing cost the commit, not the queue. */
export class CommitQueue {
  readonly #commitOf = new Map<EventId, Commit>()
  /** Sessions that any of them may be of. */
  readonly #sessions = new Set<string>()
  /** The order as an array, made when it is read; the same one until something changes. */
  #array: readonly Commit[] | null = null

  constructor(commits: readonly Commit[] = []) {
    for (const commit of commits) this.add(commit)
  }

  get commits(): readonly Commit[] {
    this.#array ??= [...new Set(this.#commitOf.values())]
    return this.#array
  }

  /** Number of events. */
  get size(): number {
    return this.#commitOf.size
  }

  add(commit: Commit): void {
    this.#array = null
    for (const event of commit) {
      this.#commitOf.set(event.id, commit)
      this.#sessions.add(event.sessionId)
    }
  }

  /** False when none of them is of this session. */
  mayHold(sessionId: string): boolean {
    return this.#sessions.has(sessionId)
  }

  event(id: EventId): EventRecord | undefined {
    const commit = this.#commitOf.get(id)
    if (!commit) return undefined
    const [first] = commit
    const event = commit[eventNumber(id) - eventNumber(first?.id ?? '')]
    return event?.id === id ? event : commit.find((other) => other.id === id)
  }

  /** The whole commit that an event belongs to. */
  commitOf(id: EventId): Commit | undefined {
    return this.#commitOf.get(id)
  }

  remove(commit: Commit): void {
    this.#array = null
    for (const event of commit) this.#commitOf.delete(event.id)
    if (this.#commitOf.size === 0) this.#sessions.clear()
  }
}
