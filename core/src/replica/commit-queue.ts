import type { Commit, EventId, EventRecord } from '../protocol/event-record.ts'

/** Commits that wait (for an ack, for a place in the order), by order and by id. Adding and removing cost the commit, not the queue. */
export class CommitQueue {
  readonly #commits = new Set<Commit>()
  readonly #events = new Map<EventId, EventRecord>()
  readonly #commitOf = new Map<EventId, Commit>()
  /** The order as an array, made when it is read. */
  #array: readonly Commit[] | null = null

  constructor(commits: readonly Commit[] = []) {
    for (const commit of commits) this.add(commit)
  }

  get commits(): readonly Commit[] {
    this.#array ??= [...this.#commits]
    return this.#array
  }

  /** Number of events. */
  get size(): number {
    return this.#events.size
  }

  add(commit: Commit): void {
    this.#array = null
    this.#commits.add(commit)
    for (const event of commit) {
      this.#events.set(event.id, event)
      this.#commitOf.set(event.id, commit)
    }
  }

  event(id: EventId): EventRecord | undefined {
    return this.#events.get(id)
  }

  /** The whole commit that an event belongs to. */
  commitOf(id: EventId): Commit | undefined {
    return this.#commitOf.get(id)
  }

  remove(commit: Commit): void {
    if (!this.#commits.delete(commit)) return
    this.#array = null
    for (const event of commit) {
      this.#events.delete(event.id)
      this.#commitOf.delete(event.id)
    }
  }

  clear(): void {
    this.#commits.clear()
    this.#events.clear()
    this.#commitOf.clear()
    this.#array = null
  }
}
