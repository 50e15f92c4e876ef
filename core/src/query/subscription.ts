import { untracked } from '@preact/signals-core'
import type { Teller } from './news.ts'
import type { QueryNode } from './query-node.ts'
import { sameValue } from './same-value.ts'

/** Stands for the value of somebody who has heard none: no query gives it. */
const unheard = Symbol('unheard')

/**
 * Calls a listener with each new value of a node. What the node or the listener throws goes to `report`: it never
 * reaches whoever made the change, and the other listeners hear all the same.
 */
export class Subscription implements Teller {
  readonly together = null
  waits = false
  readonly #node: QueryNode
  readonly #listener: (value: unknown) => void
  readonly #report: (error: unknown, label: string) => void
  #heard: unknown = unheard
  #silent: boolean
  /** Null when it has ended. */
  #end: (() => void) | null

  /** `immediate`: call the listener with the current value before this returns. */
  constructor(
    node: QueryNode,
    listener: (value: unknown) => void,
    immediate: boolean,
    report: (error: unknown, label: string) => void,
  ) {
    this.#node = node
    this.#listener = listener
    this.#silent = !immediate
    this.#report = report
    this.#end = node.listen(this)
    untracked(() => this.tell())
  }

  /** The listener is not called any more, not even in a round that is under way. */
  end(): void {
    this.#end?.()
    this.#end = null
  }

  tell(): void {
    if (!this.#end) return
    const silent = this.#silent
    this.#silent = false
    try {
      const value = this.#node.peek()
      // Other listeners of this round may have changed it, had it read, and changed it back: then it is equal, not the same.
      if (sameValue(value, this.#heard)) return
      this.#heard = value
      if (!silent) this.#listener(value)
    } catch (error) {
      this.#report(error, this.#node.title)
    }
  }
}
