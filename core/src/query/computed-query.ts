import { computed, effect, type ReadonlySignal } from '@preact/signals-core'
import { StoreError } from '../base/errors.ts'
import type { ComputedDefinition, Get } from '../sql/definition.ts'
import type { Teller } from './news.ts'
import type { QueryContext, QueryNode } from './query-node.ts'

/** The node of one computed definition: evaluated when it is read and an input has changed. */
export class ComputedQuery implements QueryNode {
  readonly dropped = false
  readonly identity = null
  readonly signal: ReadonlySignal<unknown>
  readonly #definition: ComputedDefinition<unknown>
  readonly #context: QueryContext
  #evaluating = false

  constructor(definition: ComputedDefinition<unknown>, context: QueryContext) {
    this.#definition = definition
    this.#context = context
    this.signal = computed(() => this.#evaluate())
  }

  get title(): string {
    return this.#definition.label ?? 'a computed without a label'
  }

  look(): unknown {
    return this.peek()
  }

  listen(teller: Teller): () => void {
    let first = true
    return effect(() => {
      try {
        void this.signal.value
      } catch {
        // Who is told looks again, and meets the failure there.
      }
      if (!first) this.#context.news.add(teller)
      first = false
    })
  }

  peek(): unknown {
    this.#refuseCycle()
    return this.signal.peek()
  }

  /** What is computed has no rows to share. */
  adopt(): void {}

  track(): unknown {
    this.#refuseCycle()
    return this.signal.value
  }

  #refuseCycle(): void {
    if (!this.#evaluating) return
    // The way into the cycle may depend on data: without this the reader would keep its failure for ever.
    this.#context.retryOnChange()
    throw new StoreError(
      'query/invalid',
      `Computed depends on itself: ${this.title}. Take one of the get() calls out of the cycle.`,
      { details: { label: this.#definition.label } },
    )
  }

  #evaluate(): unknown {
    const context = this.#context
    this.#evaluating = true
    context.enter()
    try {
      const get: Get = (definition) => context.node(definition).track() as never
      return this.#definition.evaluate(get)
    } finally {
      context.leave()
      this.#evaluating = false
    }
  }
}
