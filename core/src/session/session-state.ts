import { type Deferred, deferred } from '../base/deferred.ts'
import type { Replica } from '../replica/replica.ts'
import type { LeaderClient } from './leader-client.ts'
import { Outbox } from './outbox.ts'
import { OwnCommits } from './own-commits.ts'
import type { SessionEvents, SessionOptions } from './session.ts'
import { asStoreError } from './session-errors.ts'
import { NOTHING_TOLD, type Told } from './told.ts'

/** What a session holds, for both its halves: `Session`, which is there from the start, and `Following`, which may come later. */
export class SessionState {
  readonly options: SessionOptions
  readonly events: SessionEvents
  readonly own = new OwnCommits()
  readonly outbox = new Outbox(() => this.flushOutbox())
  readonly booted: Deferred<void> = deferred<void>()
  readonly client: LeaderClient
  /** What the next commit is made under. */
  sessionId: string
  /** Events made under it. */
  made = 0
  clientId = ''
  /** Of the database that the replica was made from; null when another replica is needed. */
  dbId: string | null = null
  replica: Replica | null = null
  told: Told = NOTHING_TOLD
  closed = false

  constructor(options: SessionOptions, events: SessionEvents, clientOf: (state: SessionState) => LeaderClient) {
    this.options = options
    this.events = events
    this.sessionId = options.random.id()
    this.client = clientOf(this)
  }

  flushOutbox(): void {
    // Before the hello is answered nobody knows what the leader holds; the answer refills the outbox in the order of making.
    if (!this.client.answered) return
    for (const message of this.outbox.take(this.client.leader)) this.client.send(message)
  }

  /** Does what may find the replica's database failing: the leader gives another then. False when it failed. */
  orLost(run: () => void): boolean {
    try {
      run()
      return true
    } catch (thrown) {
      this.lost(thrown)
      return false
    }
  }

  /** The replica's database has failed. */
  lost(thrown: unknown): void {
    this.dbId = null
    this.events.failed(asStoreError(thrown, 'storage/io', 'The replica failed'))
    this.client.greetLater()
  }
}
