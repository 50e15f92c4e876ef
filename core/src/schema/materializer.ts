import type { EventId } from '../protocol/event-record.ts'
import type { Query, ResultOf } from '../sql/query.ts'
import type { MaterializerResult, Write } from '../sql/write.ts'
import type { OutputOfEvent } from './event.ts'

/** The event as a materializer sees it: what never changes about it. `seq` is missing on purpose: pending events have none. */
export interface MaterializedEvent {
  readonly id: EventId
  readonly name: string
  readonly clientId: string
  readonly sessionId: string
  readonly parent: number
  readonly at: number
}

/** What a materializer is given beside the event's args. */
export interface MaterializerContext {
  readonly event: MaterializedEvent
  /**
   * Reads state as it is at this event. Local materializers read local tables, synced ones synced tables.
   *
   * @example
   * todoRenamed: ({ id, title }, ctx) => ctx.query(todos.where({ id }).first())?.done ? [] : todos.update({ title }).where({ id })
   */
  query<Q>(query: Q): ResultOf<Q>
}

/** Any materializer, once its types have done their work. */
// biome-ignore lint/suspicious/noExplicitAny: args of every event
export type AnyMaterializer = (args: any, ctx: MaterializerContext) => MaterializerResult

/** A query that a materializer may read: not one of the other side's tables. */
type Readable<Q, Local extends boolean> =
  Q extends Query<unknown, infer L> ? (Exclude<L, Local> extends never ? Q : OtherSide<Local>) : Q

/** Fits no query: what the compiler says is these words. */
type OtherSide<Local extends boolean> = Local extends true
  ? 'materializers of local events read local tables alone'
  : 'materializers of synced events read no local tables'

/** The context of local or of synced materializers. */
export interface ContextOf<Local extends boolean> extends Omit<MaterializerContext, 'query'> {
  query<Q>(query: Q & Readable<Q, Local>): ResultOf<Q>
}

/** What the materializers of local or of synced events return: a write of their own side, or a list of them; `[]` for none. */
export type ResultFor<Local extends boolean> = Write<Local> | readonly Write<Local>[]

/**
 * The materializer of an event: a pure, synchronous function of its args and `ctx` that says what to write. It sees no
 * clock, no chance and nothing outside; the same log gives the same state everywhere.
 */
export type MaterializerOf<E> = E extends { readonly local: infer L extends boolean }
  ? (args: OutputOfEvent<E>, ctx: ContextOf<L>) => ResultFor<L>
  : never

/** One materializer for each event, by the names of `defineEvents`. */
export type MaterializersOf<E> = { readonly [K in keyof E]: MaterializerOf<E[K]> }
