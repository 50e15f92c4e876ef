import type { Gathering, Parted } from './parts.ts'

/** Those of one connection by what they are called there. */
type Gatherings = Map<string, Gathering>

/** When the first of them expires; null when there is none. */
export function deadlineOf(gatherings: ReadonlyMap<string, Gathering>): number | null {
  let first: number | null = null
  for (const { deadline } of gatherings.values()) first = Math.min(first ?? deadline, deadline)
  return first
}

/** Drops what waits for its next part since too long, and names it. */
export function expire(gatherings: Gatherings, now: number): { readonly type: Parted['type']; readonly ref: number }[] {
  const dropped: { type: Parted['type']; ref: number }[] = []
  for (const [key, { first, deadline }] of gatherings) {
    if (deadline > now) continue
    gatherings.delete(key)
    dropped.push({ type: first.type, ref: first.ref })
  }
  return dropped
}
