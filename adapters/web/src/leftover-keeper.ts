import type { Clock, SessionView, UnackedCommit } from '@livefold/core/adapter'
import { LEFTOVER_LIMIT, type Leftovers } from './leftovers.ts'

/** How often the size of what is not acked is looked at while there is any, ms. */
const CHECK = 500

/**
 * Leaves what the leader does not have yet in localStorage whenever the page may be about to go, and keeps that up to date while
 * it is hidden: a hidden page may be ended without another word. More than fits is said in `status.waits`, and asked about
 * before the page is left.
 */
export class LeftoverKeeper {
  readonly #line: string
  readonly #leftovers: Leftovers
  readonly #clock: Clock
  readonly #view: SessionView
  readonly #sizes = new WeakMap<readonly unknown[], number>()
  readonly #stop = new AbortController()
  #guarding = false
  #away = false
  #scheduled = false
  #cancelCheck: (() => void) | null = null
  /** Also what is acked and not confirmed: in memory mode the leader may die with it. */
  all = false

  constructor(line: string, leftovers: Leftovers, clock: Clock, view: SessionView) {
    this.#line = line
    this.#leftovers = leftovers
    this.#clock = clock
    this.#view = view
    const { signal } = this.#stop
    document.addEventListener('visibilitychange', () => this.#turn(document.visibilityState === 'hidden'), { signal })
    document.addEventListener('freeze', () => this.#turn(true), { signal })
    window.addEventListener('pagehide', () => this.#turn(true), { signal })
    window.addEventListener('pageshow', () => this.#turn(document.visibilityState === 'hidden'), { signal })
  }

  /** Something was committed, acked or settled. */
  changed(): void {
    const open = this.#view.hasUnacked({ unconfirmed: this.all })
    if (open !== this.#guarding) this.#guard(open)
    if (this.#away) this.#writeSoon()
    if (open) this.#cancelCheck ??= this.#clock.after(CHECK, () => this.#check())
  }

  /** The session is over: what it leaves, it leaves for good. */
  close(): void {
    if (this.#stop.signal.aborted) return
    this.#write()
    this.#guard(false)
    this.#stop.abort()
    this.#cancelCheck?.()
    this.#cancelCheck = null
  }

  #commits(): readonly UnackedCommit[] {
    return this.#view.unacked({ unconfirmed: this.all })
  }

  #turn(away: boolean): void {
    this.#away = away
    if (away) this.#write()
    else this.#leftovers.remove(this.#leftovers.key(this.#line))
  }

  #write(): void {
    this.#leftovers.write(this.#line, this.#commits())
  }

  /** Once for all commits of a turn. */
  #writeSoon(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      if (this.#away) this.#write()
    })
  }

  #guard(on: boolean): void {
    this.#guarding = on
    if (on) window.addEventListener('beforeunload', this.#beforeUnload)
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
    this.#view.wait(size > LEFTOVER_LIMIT ? [{ code: 'storage', detail, since: now }] : [])
    if (size > 0) this.#cancelCheck = this.#clock.after(CHECK, () => this.#check())
  }

  #size(): number {
    let size = 0
    for (const commit of this.#commits()) {
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
