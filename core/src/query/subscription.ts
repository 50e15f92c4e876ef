import { untracked } from '@preact/signals-core'
import type { Teller } from './news.ts'
import type { ObserverHost } from './observer.ts'
import type { QueryNode } from './query-node.ts'
import { sameValue } from './same-value.ts'

/** Stands for the value of somebody who has heard none: no query gives it. */
const unheard = Symbol('unheard')

/**
 * Calls a listener with each new value of a node. What the node or the listener throws goes to `host.report`: it never
 * reaches whoever made the change, and the other listeners hear all the same.
 */
export class Subscription implements Teller {
  waits = false
  readonly #node: QueryNode
  /** Null when it has ended. */
  #listener: ((value: unknown) => void) | null
  readonly #host: ObserverHost
  #heard: unknown = unheard

  /** `immediate`: call the listener with the current value before this returns. */
  constructor(node: QueryNode, listener: (value: unknown) => void, immediate: boolean, host: ObserverHost) {
    this.#node = node
    this.#listener = listener
    this.#host = host
    host.enrol(this)
    node.listen(this)
    untracked(() => this.#tell(!immediate))
  }

  /** The listener is not called any more, not even in a round that is under way. */
  end(): void {
    if (this.#listener) this.#node.unlisten(this)
    this.#listener = null
    this.#host.leave(this)
  }

  tell(): void {
    this.#tell(false)
  }

  #tell(silent: boolean): void {
    if (!this.#listener) return
    try {
      const value = this.#node.peek()
      // Other listeners of this round may have changed it, had it read, and changed it back: then it is equal, not the same.
      if (sameValue(value, this.#heard)) return
      this.#heard = value
      if (!silent) this.#listener(value)
    } catch (error) {
      this.#host.report(error, this.#node.title)
    }
  }
}
