import type { Commit, EventId, EventRecord } from '../protocol/event-record.ts'

/** Commits that wait (for an ack, for a place in the order), by order and by id. */
export class CommitQueue {
  #commits: Commit[] = []
  readonly #events = new Map<EventId, EventRecord>()
  readonly #commitOf = new Map<EventId, Commit>()

  constructor(commits: readonly Commit[]) {
    for (const commit of commits) this.add(commit)
  }

  get commits(): readonly Commit[] {
    return this.#commits
  }

  /** Number of events. */
  get size(): number {
    return this.#events.size
  }

  add(commit: Commit): void {
    this.#commits.push(commit)
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

  remove(gone: ReadonlySet<Commit>): void {
    if (gone.size === 0) return
    for (const commit of gone) {
      for (const event of commit) {
        this.#events.delete(event.id)
        this.#commitOf.delete(event.id)
      }
    }
    this.#commits = this.#commits.filter((commit) => !gone.has(commit))
  }
}
