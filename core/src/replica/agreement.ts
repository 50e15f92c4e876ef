import type { Commit, EventId } from '../protocol/event-record.ts'
import { idOf } from './commit-id.ts'

/** How far what is applied agrees with a wanted order. */
export interface Agreement<A> {
  /** Applied commits, from the first, that may stay. */
  readonly kept: number
  /** Applied commits, from the first, each at its very place in the wanted order. */
  readonly inOrder: number
  /** Confirmed commits that are not applied, though kept ones come after them; in order. */
  readonly missing: readonly Commit[]
  /** Kept commits that come after the first missing one in the wanted order. */
  readonly after: readonly A[]
  /** Kept commits that are confirmed. */
  readonly confirmed: readonly A[]
}

/** Compares `applied` with `confirmed ++ pending`: what is kept is in order, and nothing is missing from it. */
export function strictAgreement<A extends { readonly id: EventId }>(
  applied: readonly A[],
  confirmed: readonly Commit[],
  pending: readonly Commit[],
): Agreement<A> {
  let kept = 0
  while (kept < applied.length && idOf(confirmed[kept] ?? pending[kept - confirmed.length]) === applied[kept]?.id)
    kept++
  return { kept, inOrder: kept, missing: [], after: [], confirmed: applied.slice(0, Math.min(kept, confirmed.length)) }
}
