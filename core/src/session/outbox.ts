import type { Commit, EventRecord } from '../protocol/event-record.ts'
import type { SessionMessage } from '../protocol/leader-messages.ts'

export interface OutgoingCommit {
  readonly commit: Commit
  readonly local: boolean
}

type CommitMessage = Extract<SessionMessage, { type: 'commit' }>

/** Commits on their way to the leader. Those of one turn travel together. */
export class Outbox {
  readonly #flush: () => void
  #commits: OutgoingCommit[] = []
  #scheduled = false

  /** `flush` is called once at the end of each turn in which something was added. */
  constructor(flush: () => void) {
    this.#flush = flush
  }

  add(commit: Commit, local: boolean): void {
    this.#commits.push({ commit, local })
    if (this.#scheduled) return
    this.#scheduled = true
    void Promise.resolve().then(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  withdraw(commit: Commit): void {
    this.#commits = this.#commits.filter((entry) => entry.commit !== commit)
  }

  /** What is to be sent to a leader that has just told what it holds. */
  replace(commits: readonly OutgoingCommit[]): void {
    this.#commits = [...commits]
  }

  /**
   * Empties it, as messages: neighbours of one kind share one.
   *
   * @param sent tells of a commit whether an earlier leader was sent it.
   */
  take(sent: (commit: Commit) => boolean): CommitMessage[] {
    const commits = this.#commits
    this.#commits = []
    const messages: { type: 'commit'; local: boolean; again: boolean; events: EventRecord[] }[] = []
    for (const { commit, local } of commits) {
      const last = messages.at(-1)
      const again = sent(commit)
      if (last?.local === local && last.again === again) for (const event of commit) last.events.push(event)
      else messages.push({ type: 'commit', local, again, events: [...commit] })
    }
    return messages
  }
}
