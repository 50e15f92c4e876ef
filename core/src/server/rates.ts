import type { Clock } from '../base/clock.ts'
import { StoreError } from '../base/errors.ts'
import type { Identity } from './authorize.ts'
import type { AllLimits } from './limits.ts'

/** Bytes of a frame that count as one message. */
const UNIT = 16 * 1024
/** Seconds' worth of messages that may come at once: a client that was offline has much to say. */
const BURST = 10
/** Identities beyond which those are forgotten that have no connection and owe nothing: leaving and coming back pays no debt. */
const REMEMBERED = 10_000

/** What a frame counts for: one message, and one more for each 16 KiB. */
export function costOf(bytes: number): number {
  return 1 + Math.floor(bytes / UNIT)
}

/** So many messages a second, averaged over ten seconds. */
export class Rate {
  readonly #clock: Clock
  readonly #perSecond: number
  #left: number
  #at: number

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#left = perSecond * BURST
    this.#at = clock.monotonic()
  }

  /** Nothing was spent for so long that it does not count any more. */
  get rested(): boolean {
    this.#refill()
    return this.#left >= this.#perSecond * BURST
  }

  /** @throws StoreError sync/limit when it was too much */
  spend(cost: number, who: string): void {
    this.#left -= cost
    if (this.#left >= 0) return
    this.#refill()
    if (this.#left >= 0) return
    throw new StoreError(
      'sync/limit',
      `${who} sends more than ${this.#perSecond} messages a second. Connect again later, and send less.`,
      { retry: 'backoff' },
    )
  }

  #refill(): void {
    const now = this.#clock.monotonic()
    const earned = ((now - this.#at) / 1_000) * this.#perSecond
    this.#left = Math.min(this.#perSecond * BURST, this.#left + earned)
    this.#at = now
  }
}

/** One identity, over all its connections. */
interface Account {
  readonly rate: Rate
  connections: number
}

/** What each identity may do. A server that does not authenticate has but one, which is everybody: it keeps no accounts. */
export class Accounts {
  readonly #clock: Clock
  readonly #limits: AllLimits
  readonly #accounts = new Map<string, Account>()

  constructor(clock: Clock, limits: AllLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** A connection of this identity opens. @throws StoreError sync/limit when it has too many */
  join({ id }: Identity): void {
    const account = this.#accounts.get(id) ?? { rate: new Rate(this.#clock, this.#limits.identityRate), connections: 0 }
    if (account.connections >= this.#limits.identityConnections) {
      throw new StoreError(
        'sync/limit',
        `This user has ${account.connections} connections. Close one, or connect again later.`,
        { retry: 'backoff' },
      )
    }
    account.connections++
    this.#accounts.set(id, account)
  }

  /** @throws StoreError sync/limit */
  spend({ id }: Identity, cost: number): void {
    this.#accounts.get(id)?.rate.spend(cost, 'This user')
  }

  leave({ id }: Identity): void {
    const account = this.#accounts.get(id)
    if (!account || --account.connections > 0) return
    if (account.rate.rested) this.#accounts.delete(id)
    if (this.#accounts.size > REMEMBERED) this.#forget()
  }

  #forget(): void {
    for (const [id, { connections, rate }] of this.#accounts)
      if (connections === 0 && rate.rested) this.#accounts.delete(id)
  }
}
