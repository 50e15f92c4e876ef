import type { Clock } from '../base/clock.ts'
import { FanOut } from './fan-out.ts'
import type { AllLimits } from './limits.ts'
import type { LogStore } from './log-store.ts'
import { Turns } from './turns.ts'

/** What the connections of one store share. */
export interface StoreHub {
  readonly storeId: string
  readonly turns: Turns
  readonly fanOut: FanOut
}

/** A hub per store, as long as it has connections. */
export class StoreHubs {
  readonly #options: { log: LogStore; clock: Clock; limits: AllLimits; turns: boolean }
  readonly #hubs = new Map<string, { readonly hub: StoreHub; members: number }>()

  constructor(options: { log: LogStore; clock: Clock; limits: AllLimits; turns: boolean }) {
    this.#options = options
  }

  get all(): StoreHub[] {
    return [...this.#hubs.values()].map(({ hub }) => hub)
  }

  join(storeId: string): StoreHub {
    const entry = this.#hubs.get(storeId) ?? { hub: this.#create(storeId), members: 0 }
    entry.members++
    this.#hubs.set(storeId, entry)
    return entry.hub
  }

  leave({ storeId }: StoreHub): void {
    const entry = this.#hubs.get(storeId)
    if (entry && --entry.members === 0) this.#hubs.delete(storeId)
  }

  #create(storeId: string): StoreHub {
    const { log, clock, limits, turns } = this.#options
    return {
      storeId,
      turns: new Turns(clock, { longest: limits.turnMs, enabled: turns }),
      fanOut: new FanOut({ log, storeId, clock, pageBytes: limits.pageBytes }),
    }
  }
}
