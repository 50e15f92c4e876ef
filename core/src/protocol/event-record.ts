import type { Json } from '../base/json.ts'

/** `<sessionId>.<n>`, n = 1, 2, 3 … within the session; never changes, whatever the rebase. */
export type EventId = string

/** An immutable named fact, as it is stored and as it travels. */
export interface EventRecord {
  readonly id: EventId
  /** Name on the wire, like `v1.TodoCreated`. */
  readonly name: string
  /** Output of the event's schema: plain JSON, validated once, at commit. */
  readonly args: Json
  readonly clientId: string
  readonly sessionId: string
  /** `seq` of the last confirmed event that the author's replica held; never decreases within a session. */
  readonly parent: number
  /** The author's wall clock, ms; informative and untrusted. */
  readonly at: number
  /** True on all events of a commit but its last: the next one belongs to it. */
  readonly joined?: true
}

/** An event with its place in the global order. */
export interface ConfirmedEvent extends EventRecord {
  /** 1, 2, 3 … without gaps. */
  readonly seq: number
}

/** A run of events that apply together or not at all; never empty. */
export type Commit<E extends EventRecord = EventRecord> = readonly E[]

/** Cuts events into whole commits. A commit whose last event is missing comes back as `rest`. */
export function splitCommits<E extends EventRecord>(events: readonly E[]): { commits: E[][]; rest: E[] } {
  const commits: E[][] = []
  let open: E[] | null = null
  for (const event of events) {
    if (open) open.push(event)
    // A list that grows takes room for sixteen more, and most commits are of one event.
    else open = [event]
    if (!event.joined) {
      commits.push(open)
      open = null
    }
  }
  return { commits, rest: open ?? [] }
}

/** The id of the n-th event of a session. */
export function eventId(sessionId: string, n: number): EventId {
  return `${sessionId}.${n}`
}

/** The n of an event id; NaN when it has none. */
export function eventNumber(id: EventId): number {
  return Number(id.slice(id.lastIndexOf('.') + 1))
}
