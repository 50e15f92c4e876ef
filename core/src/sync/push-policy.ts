import { eventBytes } from '../protocol/event-codec.ts'
import type { Commit, EventId, EventRecord } from '../protocol/event-record.ts'
import { maxEventBytes } from '../protocol/event-size.ts'
import type { Limits } from '../protocol/sync-messages.ts'

/** Pushes in the air at once, on a transport that keeps order. */
export const PIPELINE = 4

/** How much one push carries, unless a single commit is larger. */
const PUSH_EVENTS = 1_000
const PUSH_BYTES = 256 * 1024

const sizes = new WeakMap<Commit, number>()

/** UTF-8 bytes of a commit on the wire; measured once. */
export function commitBytes(commit: Commit): number {
  let bytes = sizes.get(commit)
  if (bytes === undefined) {
    bytes = commit.reduce((sum, event) => sum + eventBytes(event), 0)
    sizes.set(commit, bytes)
  }
  return bytes
}

/**
 * The commits of the next push: the first of `pending` that are not under way, in order, up to a push's size.
 * Stops at a commit under way behind one that is not: order is kept.
 */
export function nextPush(pending: readonly Commit[], underWay: (commitId: EventId) => boolean): Commit[] {
  const commits: Commit[] = []
  let events = 0
  let bytes = 0
  for (const commit of pending) {
    const [first] = commit
    if (!first || underWay(first.id)) {
      if (commits.length > 0) break
      continue
    }
    events += commit.length
    bytes += commitBytes(commit)
    if (commits.length > 0 && (events > PUSH_EVENTS || bytes > PUSH_BYTES)) break
    commits.push(commit)
  }
  return commits
}

/** Why the server would refuse this commit for its size; null when it takes it. */
export function whyTooLarge(commit: Commit, limits: Limits): string | null {
  if (commit.length > limits.commitEvents) return `${commit.length} events, the server takes ${limits.commitEvents}`
  const bytes = commitBytes(commit)
  if (bytes > limits.commitBytes) return `${bytes} bytes, the server takes ${limits.commitBytes}`
  const largest = maxEventBytes(limits)
  if (bytes <= largest) return null
  return commit.some((event) => eventBytes(event) > largest) ? `an event of more than ${largest} bytes` : null
}

/** The first whole commits of `events` up to a push's size. */
export function nextUpload<E extends EventRecord>(events: readonly E[]): E[] {
  let bytes = 0
  let end = 0
  for (const [i, event] of events.entries()) {
    bytes += eventBytes(event)
    if (end > 0 && (i >= PUSH_EVENTS || bytes > PUSH_BYTES)) break
    if (!event.joined) end = i + 1
  }
  return events.slice(0, end)
}
