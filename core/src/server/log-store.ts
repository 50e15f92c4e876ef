import type { ConfirmedEvent, EventId, EventRecord } from '../protocol/event-record.ts'

/** A position in a store's order: `seq` and the id of the event there; `{ seq: 0, id: null }` is the beginning. */
export interface LogHead {
  readonly seq: number
  readonly id: EventId | null
}

export type AppendResult =
  /** Appended now. `seqs` are consecutive. */
  | { readonly kind: 'appended'; readonly seqs: readonly number[] }
  /** Every event was there before, with equal content: the answer to a push that was sent twice. */
  | { readonly kind: 'known'; readonly seqs: readonly number[] }
  /** `(after, afterId)` is not the head, or a part of the events is known. Nothing appended. */
  | { readonly kind: 'behind'; readonly head: LogHead }
  /** An id is there with other content. Nothing appended. */
  | { readonly kind: 'conflict'; readonly eventId: EventId }

/**
 * Durable logs, one total order per `storeId`. Calls may run at once; each store behaves as if they ran one by one.
 * A promise that resolves means durable. Failures of the medium reject with a `StoreError` (`storage/*`).
 */
export interface LogStore {
  /** Random name given when the log storage was created; a restored or emptied one must get another. */
  backendId(): Promise<string>
  head(storeId: string): Promise<LogHead>
  /** One atomic step: ids, then compare-and-set, then append of all events or none. */
  append(storeId: string, after: number, afterId: EventId | null, events: readonly EventRecord[]): Promise<AppendResult>
  /**
   * Events with `seq > after`, in order: `limit` of them, rounded up to the end of a commit.
   * A log on a medium may stop earlier, at the end of the commit that reaches `bytes` of event text (a hint that bounds memory).
   */
  read(storeId: string, after: number, limit: number, bytes?: number): Promise<ConfirmedEvent[]>
  /** `seq` of each id, null where unknown. */
  find(storeId: string, ids: readonly EventId[]): Promise<(number | null)[]>
  /**
   * Binds those of `ids` (of clients and sessions) to `owner` that nobody has in this store, for good. Gives one that belongs to
   * another owner, with nothing bound; null when all are `owner`'s.
   */
  claim(storeId: string, ids: readonly string[], owner: string): Promise<string | null>
  /** True when the event at `seq` has this id (`0` / `null`: always). */
  holds(storeId: string, seq: number, id: EventId | null): Promise<boolean>
  /** Calls `changed` with the new head after each append, also another process's where the medium can tell. Returns stop. */
  watch(storeId: string, changed: (head: LogHead) => void): () => void
  close(): Promise<void>
}
