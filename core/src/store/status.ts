import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import { StoreError } from '../base/errors.ts'
import type { Connection, LeaderStatus, Phase, QuarantinedCommit, Wait } from '../protocol/leader-messages.ts'

/** How a store is doing: one signal each, for effects and bindings. */
export interface StoreStatus {
  /** `starting` → (`rebuilding` →) `ready` → `closed`. */
  readonly phase: ReadonlySignal<Phase>
  /** To the backend. `none`: this store has no sync; `stopped`: it cannot go on, `error` says why. */
  readonly connection: ReadonlySignal<Connection>
  /** Events of this client that wait for their place in the global order. */
  readonly pending: ReadonlySignal<number>
  /** Last `seq` in this replica. */
  readonly upstreamHead: ReadonlySignal<number>
  /** Last `seq` the backend has told of. */
  readonly backendHead: ReadonlySignal<number>
  /** Epoch of the leader this session follows; 0 before the first. */
  readonly leader: ReadonlySignal<number>
  readonly storage: ReadonlySignal<LeaderStatus['storage']>
  /** What is being waited for, why, and since when. Empty when nothing is. */
  readonly waits: ReadonlySignal<readonly Wait[]>
  readonly error: ReadonlySignal<StoreError | null>
  /** Confirmed commits without effect: their materializers throw. */
  readonly quarantined: ReadonlySignal<readonly QuarantinedCommit[]>
  /** Share of a rebuild that is done, 0 … 1; null when none runs. */
  readonly rebuild: ReadonlySignal<number | null>
}

type Values = { [K in keyof StoreStatus]: StoreStatus[K] extends ReadonlySignal<infer T> ? T : never }

/** The status from the side that writes it. */
export class StatusSignals implements StoreStatus {
  readonly phase: Signal<Phase> = signal('starting')
  readonly connection: Signal<Connection> = signal('offline')
  readonly pending = signal(0)
  readonly upstreamHead = signal(0)
  readonly backendHead = signal(0)
  readonly leader = signal(0)
  readonly storage: Signal<LeaderStatus['storage']> = signal('persisted')
  readonly waits: Signal<readonly Wait[]> = signal([])
  readonly error: Signal<StoreError | null> = signal(null)
  readonly quarantined: Signal<readonly QuarantinedCommit[]> = signal([])
  readonly rebuild: Signal<number | null> = signal(null)
  #leaderWaits: readonly Wait[] = []
  #leaderBackendHead = 0

  /** Takes over what the leader told. */
  fromLeader(status: LeaderStatus): void {
    this.#leaderWaits = status.waits
    this.#leaderBackendHead = status.backendHead
    batch(() => {
      this.#set('phase', status.phase)
      this.#set('connection', status.connection)
      this.#set('storage', status.storage)
      this.#set('rebuild', status.rebuild)
      if (JSON.stringify(status.quarantined) !== JSON.stringify(this.quarantined.peek()))
        this.#set('quarantined', status.quarantined)
      const error = status.error && StoreError.from(status.error)
      if (error?.code !== this.error.peek()?.code || error?.message !== this.error.peek()?.message)
        this.#set('error', error)
    })
  }

  /** Takes over what the session counts itself. `waitingSince`: since when the leader owes an answer. */
  fromSession(now: { pending: number; head: number; epoch: number; waitingSince: number | null }): void {
    const leaderWait: Wait[] =
      now.waitingSince === null ? [] : [{ code: 'leader', detail: 'the leader to answer', since: now.waitingSince }]
    const waits = [...leaderWait, ...this.#leaderWaits]
    batch(() => {
      this.#set('pending', now.pending)
      this.#set('upstreamHead', now.head)
      this.#set('backendHead', Math.max(now.head, this.#leaderBackendHead))
      this.#set('leader', now.epoch)
      if (JSON.stringify(waits) !== JSON.stringify(this.waits.peek())) this.#set('waits', waits)
    })
  }

  closed(): void {
    batch(() => {
      this.#set('phase', 'closed')
      this.#set('connection', 'none')
      this.#set('waits', [])
    })
  }

  #set<K extends keyof Values>(name: K, value: Values[K]): void {
    ;(this[name] as unknown as Signal<Values[K]>).value = value
  }
}
