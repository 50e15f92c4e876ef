import type { Commit, EventId } from '../protocol/event-record.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Agreement } from './agreement.ts'
import { idOf } from './commit-id.ts'
import type { CommitWrites } from './commit-writes.ts'
import { Footprint } from './footprint.ts'
import { foretell, repeat } from './foretell.ts'
import { FEWEST, GatheredWrites } from './gathered-writes.ts'
import type { Standing } from './standing.ts'

/** What a replica needs to apply confirmed commits after pending ones. Of sessions alone (ADR 008), so leaders do not carry it. */
export interface CommutingSkip {
  readonly agreementOf: typeof agreementOf
  footprintOf(schema: AnySchema, commits: readonly { readonly writes: CommitWrites | null }[]): Footprint
  readonly foretell: typeof foretell
  readonly repeat: typeof repeat
  gathererOf(standing: Standing): GatheredWrites
  /** Commits of a burst from which on their writes are gathered. */
  readonly fewestGathered: number
}

export const commutingSkip: CommutingSkip = {
  agreementOf,
  footprintOf(schema, commits) {
    const footprint = new Footprint(schema)
    for (const { writes } of commits) footprint.add(writes)
    return footprint
  },
  foretell,
  repeat,
  gathererOf: (standing) => new GatheredWrites(standing),
  fewestGathered: FEWEST,
}

/** What agreement is asked of: a commit by its first event. */
interface Placed {
  readonly id: EventId
  /** Applied after commits that it comes before in the wanted order: it was proven to commute with them. */
  readonly late: boolean
}

/** What there is to say when all that is applied is in order: a part of the confirmed, then of the pending. Null when it is not. */
function orderlyAgreement<A extends Placed>(
  applied: readonly A[],
  confirmed: readonly Commit[],
  pending: readonly Commit[],
): Agreement<A> | null {
  const { length } = applied
  let from = 0
  while (from < length && from < confirmed.length && idOf(confirmed[from]) === applied[from]?.id) from++
  for (let i = from; i < length; i++) if (idOf(pending[i - from]) !== applied[i]?.id) return null
  const gap = from < length && from < confirmed.length
  return {
    kept: length,
    inOrder: gap ? from : length,
    missing: gap ? confirmed.slice(from) : [],
    after: gap ? applied.slice(from) : [],
    confirmed: applied.slice(0, from),
  }
}

/**
 * Compares `applied`, in the order in which it was done, with `confirmed ++ pending`. Late ones aside, what is kept is in the wanted order;
 * confirmed commits may be missing from it.
 */
function agreementOf<A extends Placed>(
  applied: readonly A[],
  confirmed: readonly Commit[],
  pending: readonly Commit[],
): Agreement<A> {
  const orderly = orderlyAgreement(applied, confirmed, pending)
  if (orderly) return orderly
  /** Place of each kept commit in the wanted order. */
  const places: number[] = []
  /** Places of confirmed commits that were passed over, by id: missing, or late. */
  const passed = new Map<EventId, number>()
  let nextConfirmed = 0
  let nextPending = 0
  let highest = -1
  function passUntil(end: number): void {
    while (nextConfirmed < end) passed.set(idOf(confirmed[nextConfirmed]) as EventId, nextConfirmed++)
  }
  function placeOf(id: EventId): number {
    if (idOf(confirmed[nextConfirmed]) === id) return nextConfirmed++
    if (idOf(pending[nextPending]) === id) return confirmed.length + nextPending++
    const place = passed.get(id) ?? confirmed.findIndex((commit, i) => i > nextConfirmed && idOf(commit) === id)
    if (passed.delete(id) || place < 0) return place
    passUntil(place)
    return nextConfirmed++
  }
  for (const { id, late } of applied) {
    const place = placeOf(id)
    if (place < 0 || (place < highest && !late)) break
    places.push(place)
    highest = Math.max(highest, place)
  }
  // Confirmed commits after the last that is applied are missing too when anything pending is.
  if (nextPending > 0) passUntil(confirmed.length)
  const missing = [...passed.values()].sort((a, b) => a - b)
  const [first = Number.POSITIVE_INFINITY] = missing
  const disordered = places.findIndex((place, i) => place !== i)
  return {
    kept: places.length,
    inOrder: disordered < 0 ? places.length : disordered,
    missing: missing.map((place) => confirmed[place] as Commit),
    after: applied.filter((_, i) => i < places.length && (places[i] as number) > first),
    confirmed: applied.filter((_, i) => i < places.length && (places[i] as number) < confirmed.length),
  }
}
