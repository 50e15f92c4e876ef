import type { Commit, EventId } from '../protocol/event-record.ts'
import { idOf } from './agreement.ts'
import type { CommitWrites } from './commit-writes.ts'

interface Known {
  readonly commit: Commit
  readonly writes: CommitWrites
}

/**
 * What the commits write that a reconcile has foretold or taken back: their materializers need not run again. Commits mostly come back in
 * the order they were added in, and those of other sessions not at all: ids are looked up for the rest only.
 */
export class KnownWrites {
  readonly #list: Known[] = []
  /** Place of the one that is expected next. */
  #next = 0
  readonly #sessions = new Set<string>()
  /** Places by id, of as many as it has entries for. */
  readonly #places = new Map<EventId, number>()
  #indexed = 0

  add(commit: Commit, writes: CommitWrites): void {
    this.#list.push({ commit, writes })
    const session = commit[0]?.sessionId
    if (session !== undefined && session !== this.#list[this.#list.length - 2]?.commit[0]?.sessionId)
      this.#sessions.add(session)
  }

  /** Null when nothing is known of a commit of these very events. */
  of(commit: Commit): CommitWrites | null {
    const expected = this.#list[this.#next]
    if (!expected) {
      if (this.#list.length === 0) return null
    } else if (sameEvents(expected.commit, commit)) {
      this.#next++
      return expected.writes
    }
    if (!this.#sessions.has(commit[0]?.sessionId ?? '')) return null
    for (; this.#indexed < this.#list.length; this.#indexed++)
      this.#places.set(idOf(this.#list[this.#indexed]?.commit) ?? '', this.#indexed)
    const place = this.#places.get(idOf(commit)) ?? -1
    const known = this.#list[place]
    if (!known || !sameEvents(known.commit, commit)) return null
    this.#next = place + 1
    return known.writes
  }

  clear(): void {
    this.#list.length = 0
    this.#next = 0
    this.#sessions.clear()
    this.#places.clear()
    this.#indexed = 0
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
