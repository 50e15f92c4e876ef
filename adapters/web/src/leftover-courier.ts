import type { AnySchema, Clock, UnackedCommit } from '@livefold/core/adapter'
import { handOver } from './leftover-handover.ts'
import { leftoverKeys } from './leftover-keys.ts'
import { removeLeftovers } from './leftovers.ts'
import type { StoreNames } from './store-names.ts'

/** How long a session that is there, hidden or frozen, has to deliver what it left itself, ms. */
const GRACE = 1_000

export interface CourierOptions {
  readonly names: StoreNames
  readonly schema: AnySchema
  readonly clock: Clock
  readonly newLine: () => string
  /** Key of the session that is alive here: it delivers its own. */
  readonly own: string
  /** Ends its work. */
  readonly signal: AbortSignal
}

interface Parcel {
  readonly key: string
  readonly text: string
  readonly commits: readonly UnackedCommit[]
}

/**
 * Hands commits that other sessions left behind to the leader, over a line of its own, and deletes them once the leader
 * has them durably. Event ids make it harmless that several pages try, or that a session lives after all. Loaded where there are some.
 */
export class LeftoverCourier {
  readonly #options: CourierOptions
  #running = false
  #again = false

  constructor(options: CourierOptions) {
    this.#options = options
  }

  /** Delivers what is there. */
  deliver(): void {
    if (this.#running) {
      this.#again = true
      return
    }
    const parcels = this.#collect()
    if (parcels.length === 0 || this.#options.signal.aborted) return
    this.#running = true
    void this.#carry(parcels).finally(() => {
      this.#running = false
      if (!this.#again) return
      this.#again = false
      this.deliver()
    })
  }

  #collect(): Parcel[] {
    const { names, own } = this.#options
    const parcels: Parcel[] = []
    for (const key of leftoverKeys(names.leftover)) {
      if (key === own) continue
      const text = textAt(key)
      if (text === null) continue
      const commits = commitsIn(text)
      if (commits && commits.length > 0) parcels.push({ key, text, commits })
      else removeLeftovers(key)
    }
    return parcels
  }

  async #carry(found: readonly Parcel[]): Promise<void> {
    const { clock, newLine, signal } = this.#options
    let parcels = found
    if (await this.#isSomeoneHere(found)) {
      // Rule LOG-4: what a session left is the end of what it tells a leader that has lost the rest.
      await new Promise<void>((resolve) => clock.after(GRACE, resolve))
      parcels = this.#collect()
    }
    const commits = parcels.flatMap((parcel) => parcel.commits)
    if (commits.length === 0 || signal.aborted) return
    if (!(await handOver({ ...this.#options, line: newLine(), commits }))) return
    // A session that lives after all may have left more meanwhile.
    for (const { key, text } of parcels) if (textAt(key) === text) removeLeftovers(key)
  }

  /** Whether a session that has left something holds its lock. */
  async #isSomeoneHere(parcels: readonly Parcel[]): Promise<boolean> {
    const { session, leftover } = this.#options.names
    const { held = [] } = await navigator.locks.query()
    return parcels.some(({ key }) => held.some(({ name }) => name === session + key.slice(leftover.length)))
  }
}

function textAt(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** The commits of a text in localStorage; null when it is none of ours. */
export function commitsIn(text: string): readonly UnackedCommit[] | null {
  try {
    const commits: unknown = JSON.parse(text)
    return Array.isArray(commits) ? (commits as UnackedCommit[]) : null
  } catch {
    return null
  }
}
