import { isConfirmation, type LeaderWork } from '../../../leader/leader-work.ts'
import { Upstream } from '../../../leader/upstream.ts'
import type { Commit } from '../../../protocol/event-record.ts'
import type { SyncView } from '../../../sync/sync-effect.ts'
import type { SyncTransport } from '../../../sync/transport.ts'
import type { SimProcess } from '../sim-process.ts'
import type { PaperLog } from './paper-log.ts'

/** Wait after a transaction that failed, virtual ms. */
const STORAGE_RETRY = 100

export interface PaperLeaderOptions {
  readonly storeId: string
  readonly log: PaperLog
  readonly process: SimProcess
  readonly transport: SyncTransport
  /** Probability that a transaction fails and is tried again. */
  readonly storageFaults: number
}

/** A leader reduced to what the protocol needs: the real upstream over a log on paper, its inbox drained turn by turn. */
export class PaperLeader {
  readonly process: SimProcess
  readonly upstream: Upstream
  readonly #options: PaperLeaderOptions
  readonly #epoch: number
  #inbox: LeaderWork[] = []
  /** Pending as this leader left it. */
  #pending: readonly Commit[] = []
  #scheduled = false
  #cancelRetry: (() => void) | null = null
  #closed = false

  constructor(options: PaperLeaderOptions) {
    const { storeId, log, process, transport } = options
    this.#options = options
    this.process = process
    log.epoch += 1
    this.#epoch = log.epoch
    this.upstream = new Upstream({
      storeId,
      clientId: log.clientId,
      transport,
      clock: process.clock,
      random: process.random,
      at: { head: log.head, headId: log.headId, backendId: log.backendId },
      view: () => this.#view(),
      submit: (work) => this.submit(work),
      lost: () => {
        this.#inbox = this.#inbox.filter((work) => !isConfirmation(work))
      },
      pushing: () => {},
      token: async () => null,
      changed: () => {},
    })
    process.clock.soon(() => this.upstream.connect())
  }

  submit(work: LeaderWork): void {
    this.#inbox.push(work)
    if (this.#scheduled || this.#closed) return
    this.#scheduled = true
    this.process.clock.soon(() => this.#drain())
  }

  close(): void {
    this.#closed = true
    this.#cancelRetry?.()
    this.upstream.close()
  }

  /** The log; for one that was deposed its own mirror of what is pending, which the next leader's work does not reach. */
  #view(): SyncView {
    const { log } = this.#options
    if (log.epoch === this.#epoch) return log
    const pending = this.#pending
    return {
      pending,
      isPending: (id) => pending.some(([first]) => first?.id === id),
      idAt: (seq) => log.idAt(seq),
      read: (after, limit) => log.read(after, limit),
    }
  }

  #drain(): void {
    this.#scheduled = false
    if (this.#closed) return
    const { log, storageFaults } = this.#options
    // Deposed while it was frozen.
    if (log.epoch !== this.#epoch) return this.close()
    if (this.process.random.chance(storageFaults)) {
      this.#scheduled = true
      this.#cancelRetry = this.process.clock.after(STORAGE_RETRY, () => this.#drain())
      return
    }
    for (const work of this.#inbox.splice(0)) log.apply(work)
    this.#pending = [...log.pending]
    this.upstream.applied(log.head, log.headId)
  }
}
