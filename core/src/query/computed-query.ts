import { computed as computedSignal, effect, type ReadonlySignal } from '@preact/signals-core'
import { StoreError } from '../base/errors.ts'
import type { ComputedDefinition, Get } from '../sql/definition.ts'
import type { Teller } from './news.ts'
import type { QueryContext, QueryNode } from './query-node.ts'

/** A definition that brings its node: an app that computes nothing does not get the code. */
export interface ComputedNodes {
  node(context: QueryContext): ComputedQuery
}

/**
 * A value derived from queries and other computeds. The function must be pure and synchronous: whatever it reads, it
 * reads through `get`.
 *
 * @example
 * const title = computed((get) => `${get(todos.where({ done: false }).count())} open`)
 */
export function computed<T>(
  evaluate: (get: Get) => T,
  options: { readonly label?: string } = {},
): ComputedDefinition<T> {
  const definition = {
    kind: 'computed',
    evaluate,
    label: options.label ?? null,
    node: (context: QueryContext) => new ComputedQuery(definition, context),
  } as unknown as ComputedDefinition<T> & ComputedNodes
  return definition
}

/** The node of one computed definition: evaluated when it is read and an input has changed. */
export class ComputedQuery implements QueryNode {
  readonly dropped = false
  readonly identity = null
  readonly signal: ReadonlySignal<unknown>
  readonly #definition: ComputedDefinition<unknown>
  readonly #context: QueryContext
  /** Ends what has each of its tellers tell. */
  readonly #ends = new Map<Teller, () => void>()
  #evaluating = false

  constructor(definition: ComputedDefinition<unknown>, context: QueryContext) {
    this.#definition = definition
    this.#context = context
    this.signal = computedSignal(() => this.#evaluate())
  }

  get title(): string {
    return this.#definition.label ?? 'a computed without a label'
  }

  look(): unknown {
    return this.peek()
  }

  listen(teller: Teller): void {
    let first = true
    const end = effect(() => {
      try {
        void this.signal.value
      } catch {
        // Who is told looks again, and meets the failure there.
      }
      if (!first) this.#context.news.add(teller)
      first = false
    })
    this.#ends.set(teller, end)
  }

  unlisten(teller: Teller): void {
    this.#ends.get(teller)?.()
    this.#ends.delete(teller)
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
