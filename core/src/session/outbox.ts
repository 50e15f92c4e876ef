import type { EventRecord } from '../protocol/event-record.ts'
import type { SessionMessage } from '../protocol/leader-messages.ts'
import type { OwnCommit } from './own-commits.ts'

type CommitMessage = Extract<SessionMessage, { type: 'commit' }>

/** Commits on their way to the leader. Those of one turn travel together. */
export class Outbox {
  readonly #flush: () => void
  #commits: OwnCommit[] = []
  #scheduled = false

  /** `flush` is called once at the end of each turn in which something was added. */
  constructor(flush: () => void) {
    this.#flush = flush
  }

  add(own: OwnCommit): void {
    this.#commits.push(own)
    if (this.#scheduled) return
    this.#scheduled = true
    void Promise.resolve().then(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  withdraw(own: OwnCommit): void {
    this.#commits = this.#commits.filter((entry) => entry !== own)
  }

  /** What is to be sent to a leader that has just told what it holds. */
  replace(commits: OwnCommit[]): void {
    this.#commits = commits
  }

  /** Empties it for this leader, as messages: neighbours of one kind share one. `again`: another leader was sent it before. */
  take(leader: string): CommitMessage[] {
    const messages: { type: 'commit'; local: boolean; again: boolean; events: EventRecord[] }[] = []
    for (const own of this.#commits.splice(0)) {
      const { commit, local } = own
      own.leader ??= leader
      const again = own.leader !== leader
      const last = messages.at(-1)
      if (last?.local === local && last.again === again)
        for (let i = 0; i < commit.length; i++) last.events.push(commit[i] as EventRecord)
      else messages.push({ type: 'commit', local, again, events: [...commit] })
    }
    return messages
  }
}
