import type { SessionView, UnackedCommit } from '@livefold/core/adapter'
import { removeLeftovers, writeLeftovers } from './leftovers.ts'

/**
 * Leaves what the leader does not have yet in localStorage whenever the page may be about to go, and keeps that up to date while
 * it is hidden: a hidden page may be ended without another word.
 */
export class LeftoverKeeper {
  readonly view: SessionView
  /** Key of what is left, in localStorage. */
  readonly key: string
  readonly #stop = new AbortController()
  #away = false
  #scheduled = false
  /** Also what is acked and not confirmed: in memory mode the leader may die with it. */
  all = false

  constructor(key: string, view: SessionView) {
    this.key = key
    this.view = view
    const options = { signal: this.closed }
    const turn = () => this.#turn(document.visibilityState === 'hidden')
    const leave = () => this.#turn(true)
    document.addEventListener('visibilitychange', turn, options)
    document.addEventListener('freeze', leave, options)
    window.addEventListener('pagehide', leave, options)
    window.addEventListener('pageshow', turn, options)
  }

  /** Aborted when the session is over. */
  get closed(): AbortSignal {
    return this.#stop.signal
  }

  /** There is something that would be left. */
  get open(): boolean {
    return this.view.hasUnacked({ unconfirmed: this.all })
  }

  get commits(): readonly UnackedCommit[] {
    return this.view.unacked({ unconfirmed: this.all })
  }

  /** Something was committed, acked or settled. Written once for all commits of a turn. */
  changed(): void {
    if (!this.#away || this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      if (this.#away) this.#write()
    })
  }

  /** The session is over: what it leaves, it leaves for good. */
  close(): void {
    if (this.closed.aborted) return
    this.#write()
    this.#stop.abort()
  }

  #turn(away: boolean): void {
    this.#away = away
    if (away) this.#write()
    else removeLeftovers(this.key)
  }

  #write(): void {
    writeLeftovers(this.key, this.commits)
  }
}
