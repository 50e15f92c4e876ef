import type { Clock } from '@livefold/core/adapter'
import type { LeftoverKeeper } from './leftover-keeper.ts'
import { LEFTOVER_LIMIT } from './leftovers.ts'

/** How often the size of what is not acked is looked at while there is any, ms. */
const CHECK = 500

/** Says in `status.waits` that more waits for the leader than could be left behind, and asks before the page is left then. */
export class LeftoverWatch {
  readonly #keeper: LeftoverKeeper
  readonly #clock: Clock
  readonly #sizes = new WeakMap<readonly unknown[], number>()
  #guarding = false
  #cancelCheck: (() => void) | null = null

  constructor(keeper: LeftoverKeeper, clock: Clock) {
    this.#keeper = keeper
    this.#clock = clock
    keeper.closed.addEventListener('abort', () => this.#cancelCheck?.())
  }

  /** Something was committed, acked or settled. */
  changed(): void {
    if (this.#keeper.closed.aborted) return
    const open = this.#keeper.open
    if (open !== this.#guarding) this.#guard(open)
    if (open) this.#cancelCheck ??= this.#clock.after(CHECK, () => this.#check())
  }

  #guard(on: boolean): void {
    this.#guarding = on
    if (on) window.addEventListener('beforeunload', this.#beforeUnload, { signal: this.#keeper.closed })
    else window.removeEventListener('beforeunload', this.#beforeUnload)
  }

  readonly #beforeUnload = (event: BeforeUnloadEvent) => {
    if (this.#size() > LEFTOVER_LIMIT) event.preventDefault()
  }

  #check(): void {
    this.#cancelCheck = null
    const size = this.#size()
    const now = this.#clock.now()
    const detail = `the leader to take ${size} characters of commits; ${LEFTOVER_LIMIT} can be kept if this page is closed`
    this.#keeper.view.wait(size > LEFTOVER_LIMIT ? [{ code: 'storage', detail, since: now }] : [])
    if (size > 0) this.#cancelCheck = this.#clock.after(CHECK, () => this.#check())
  }

  #size(): number {
    let size = 0
    for (const commit of this.#keeper.commits) {
      let own = this.#sizes.get(commit.events)
      if (own === undefined) {
        own = JSON.stringify(commit).length
        this.#sizes.set(commit.events, own)
      }
      size += own
    }
    return size
  }
}
