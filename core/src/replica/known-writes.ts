import type { Commit, EventId } from '../protocol/event-record.ts'
import { idOf } from './commit-id.ts'
import type { CommitWrites } from './commit-writes.ts'

interface Known {
  readonly commit: Commit
  readonly writes: CommitWrites | null
}

/**
 * What the commits write that a reconcile has foretold or taken back: their materializers need not run again. Commits mostly come back in
 * the order they were added in, and those of other sessions not at all: ids are looked up for the rest only.
 */
export class KnownWrites<K extends Known> {
  readonly #list: K[] = []
  /** Place of the one that is expected next. */
  #next = 0
  readonly #sessions = new Set<string>()
  /** A session that nothing is known of: a burst is mostly one's. */
  #stranger: string | undefined
  /** Places by id, of as many as it has entries for. */
  readonly #places = new Map<EventId, number>()
  #indexed = 0

  add(known: K): void {
    this.#list.push(known)
    const session = known.commit[0]?.sessionId
    if (session === undefined || session === this.#list[this.#list.length - 2]?.commit[0]?.sessionId) return
    this.#sessions.add(session)
    this.#stranger = undefined
  }

  get isEmpty(): boolean {
    return this.#list.length === 0
  }

  /** Null when nothing is known of a commit of these very events. */
  of(commit: Commit): K | null {
    const expected = this.#list[this.#next]
    if (expected?.commit === commit) {
      this.#next++
      return expected
    }
    const session = commit[0]?.sessionId
    if (this.#list.length === 0 || session === undefined || session === this.#stranger) return null
    if (!this.#sessions.has(session)) {
      this.#stranger = session
      return null
    }
    if (expected && sameEvents(expected.commit, commit)) {
      this.#next++
      return expected
    }
    return this.#find(commit)
  }

  clear(): void {
    this.#list.length = 0
    this.#next = 0
    this.#sessions.clear()
    this.#stranger = undefined
    this.#places.clear()
    this.#indexed = 0
  }

  #find(commit: Commit): K | null {
    for (; this.#indexed < this.#list.length; this.#indexed++)
      this.#places.set(idOf(this.#list[this.#indexed]?.commit) ?? '', this.#indexed)
    const place = this.#places.get(idOf(commit)) ?? -1
    const known = this.#list[place]
    if (!known || !sameEvents(known.commit, commit)) return null
    this.#next = place + 1
    return known
  }
}

/** Ids can be drawn twice; args that are an object are the same one from commit to confirmation. */
function sameEvents(known: Commit, commit: Commit): boolean {
  if (known === commit) return true
  if (known.length !== commit.length || idOf(known) !== idOf(commit)) return false
  return known.every(({ args, name, at }, i) => {
    const other = commit[i]
    return args === other?.args && name === other.name && at === other.at
  })
}
