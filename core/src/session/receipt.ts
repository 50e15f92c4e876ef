import { type Deferred, deferred } from '../base/deferred.ts'
import type { StoreError } from '../base/errors.ts'
import type { Commit, EventId } from '../protocol/event-record.ts'

/** What became of a commit. The promises are made on access; a rejection that nobody awaits is reported by `store.on('rejected')` alone. */
export interface Receipt {
  /** Ids of the commit's events, in order. */
  readonly ids: readonly EventId[]
  /** Resolves when the commit is durable on this client. Rejects with a `StoreError` when it was rejected. */
  readonly acked: Promise<void>
  /** Resolves when the commit has its place in the global order; a local commit when it is acked. Rejects with a `StoreError`. */
  readonly confirmed: Promise<void>
}

/** A receipt from the side that fulfils it. */
export class CommitReceipt implements Receipt {
  readonly #commit: Commit
  #isAcked = false
  #isConfirmed = false
  #error: StoreError | null = null
  #acked: Deferred<void> | null = null
  #confirmed: Deferred<void> | null = null

  constructor(commit: Commit) {
    this.#commit = commit
  }

  get ids(): readonly EventId[] {
    return this.#commit.map((event) => event.id)
  }

  get acked(): Promise<void> {
    this.#acked ??= this.#deferred(this.#isAcked)
    return this.#acked.promise
  }

  get confirmed(): Promise<void> {
    this.#confirmed ??= this.#deferred(this.#isConfirmed)
    return this.#confirmed.promise
  }

  ack(): void {
    this.#isAcked = true
    this.#acked?.resolve()
  }

  confirm(): void {
    this.ack()
    this.#isConfirmed = true
    this.#confirmed?.resolve()
  }

  /** Rejected, or given up because the store was closed. */
  fail(error: StoreError): void {
    this.#error = error
    if (!this.#isAcked) this.#acked?.reject(error)
    if (!this.#isConfirmed) this.#confirmed?.reject(error)
  }

  #deferred(done: boolean): Deferred<void> {
    const made = deferred<void>()
    if (done) made.resolve()
    else if (this.#error) made.reject(this.#error)
    return made
  }
}

/** The receipt of a commit of no events. */
export function doneReceipt(): Receipt {
  const receipt = new CommitReceipt([])
  receipt.confirm()
  return receipt
}
