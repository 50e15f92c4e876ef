import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import { StoreError, type StoreErrorData } from '../base/errors.ts'
import type { Connection, LeaderStatus, Phase, QuarantinedCommit, Wait } from '../protocol/leader-messages.ts'
import type { Session } from '../session/session.ts'

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

/** The status from the side that writes it. */
export class StatusSignals implements StoreStatus {
  declare readonly pending: ReadonlySignal<number>
  readonly phase: Signal<Phase> = signal('starting')
  readonly connection: Signal<Connection> = signal('offline')
  readonly upstreamHead = signal(0)
  readonly backendHead = signal(0)
  readonly leader = signal(0)
  readonly storage: Signal<LeaderStatus['storage']> = signal('persisted')
  readonly waits: Signal<readonly Wait[]> = signal([])
  readonly error: Signal<StoreError | null> = signal(null)
  readonly quarantined: Signal<readonly QuarantinedCommit[]> = signal([])
  readonly rebuild: Signal<number | null> = signal(null)
  /** Made when it is asked for: each commit sets it. */
  #pending: Signal<number> | null = null
  #pendingEvents = 0
  #head = 0
  #epoch = 0
  #leaderWaits: readonly Wait[] = []
  #platformWaits: readonly Wait[] = []
  #leaderBackendHead = 0
  #waitingSince: number | null = null
  #leaderError: StoreErrorData | null = null
  #lack: StoreError | null = null

  constructor() {
    // A member of its own, as the others are: they are gone through by name.
    Object.defineProperty(this, 'pending', {
      enumerable: true,
      get: () => {
        this.#pending ??= signal(this.#pendingEvents)
        return this.#pending
      },
    })
  }

  /** Takes over what the leader told. */
  fromLeader(status: LeaderStatus): void {
    this.#leaderBackendHead = status.backendHead
    this.#leaderWaits = status.waits
    batch(() => {
      this.phase.value = status.phase
      this.connection.value = status.connection
      this.storage.value = status.storage
      this.rebuild.value = status.rebuild
      if (!equalData(status.quarantined, this.quarantined.peek())) this.quarantined.value = status.quarantined
      this.#leaderError = status.error
      this.#tellError()
      this.backendHead.value = Math.max(this.upstreamHead.peek(), status.backendHead)
      this.#tellWaits()
    })
  }

  /** Takes over what the session counts itself. `waitingSince`: since when the leader owes an answer. */
  fromSession(session: Pick<Session, 'pendingEvents' | 'head' | 'epoch' | 'waitingSince'>): void {
    const { pendingEvents, head, epoch, waitingSince } = session
    this.#pendingEvents = pendingEvents
    if (head === this.#head && epoch === this.#epoch && waitingSince === this.#waitingSince) {
      if (this.#pending) this.#pending.value = pendingEvents
      return
    }
    this.#head = head
    this.#epoch = epoch
    batch(() => {
      if (this.#pending) this.#pending.value = pendingEvents
      this.upstreamHead.value = head
      this.backendHead.value = Math.max(head, this.#leaderBackendHead)
      this.leader.value = epoch
      if (waitingSince === this.#waitingSince) return
      this.#waitingSince = waitingSince
      this.#tellWaits()
    })
  }

  /** Takes over what the platform under the session waits for. */
  fromPlatform(waits: readonly Wait[]): void {
    this.#platformWaits = waits
    this.#tellWaits()
  }

  /** Why the page's own code is not whole: shown until it is, whatever the leader says. */
  lacks(error: StoreError | null): void {
    this.#lack = error
    this.#tellError()
  }

  closed(): void {
    batch(() => {
      this.phase.value = 'closed'
      this.connection.value = 'none'
      this.waits.value = []
    })
  }

  #tellError(): void {
    const data = this.#lack?.toJSON() ?? this.#leaderError
    if (!equalData(data, this.error.peek()?.toJSON() ?? null)) this.error.value = data && StoreError.from(data)
  }

  #tellWaits(): void {
    const since = this.#waitingSince
    const own: Wait[] = since === null ? [] : [{ code: 'leader', detail: 'the leader to answer', since }]
    const waits = [...own, ...this.#platformWaits, ...this.#leaderWaits]
    if (!equalData(waits, this.waits.peek())) this.waits.value = waits
  }
}

function equalData(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
