import type { EventId, EventRecord } from '../protocol/event-record.ts'

/** A push without an answer yet. */
export interface Flight {
  readonly ref: number
  /** Its first event goes to the place behind this one. */
  readonly after: number
  readonly ids: readonly EventId[]
  /** First events of its commits; empty in an upload. */
  readonly commitIds: readonly EventId[]
}

/** The pipeline of pushes, oldest first. */
export class Flights {
  #flights: Flight[] = []
  readonly #commitIds = new Set<EventId>()
  /** One was refused: those behind it will be too, so nothing joins them. */
  #broken = false
  /** A refused push whose events the server remembers, until the next push. */
  #kept: Flight | null = null

  get size(): number {
    return this.#flights.length
  }

  get broken(): boolean {
    return this.#broken
  }

  get last(): Flight | undefined {
    return this.#flights.at(-1)
  }

  carries(commitId: EventId): boolean {
    return this.#commitIds.has(commitId)
  }

  eventIds(): Set<EventId> {
    return new Set(this.#flights.flatMap((flight) => flight.ids))
  }

  add(flight: Flight): void {
    this.#flights.push(flight)
    for (const id of flight.commitIds) this.#commitIds.add(id)
  }

  /** Takes an answered flight out; null when it is of an earlier line. */
  land(ref: number): Flight | null {
    const index = this.#flights.findIndex((flight) => flight.ref === ref)
    const [flight] = index < 0 ? [] : this.#flights.splice(index, 1)
    for (const id of flight?.commitIds ?? []) this.#commitIds.delete(id)
    if (this.#flights.length === 0) this.#broken = false
    return flight ?? null
  }

  keep(refused: Flight): void {
    this.#kept = refused
  }

  /** Of what is pushed next, the part that the server does not remember of the push `again`. */
  unsent(events: readonly EventRecord[]): { readonly events: readonly EventRecord[]; readonly again?: number } {
    const kept = this.#kept
    this.#kept = null
    // No rebase rewrites what is pending (rule LOG-4), and its order changes by removal and append alone: where the last has its place still, all before it have.
    if (!kept || events[kept.ids.length - 1]?.id !== kept.ids.at(-1)) return { events }
    return { events: events.slice(kept.ids.length), again: kept.ref }
  }

  /** What is in the air builds on something that is not so. */
  break(): void {
    this.#broken = this.#flights.length > 0
  }

  clear(): void {
    this.#flights = []
    this.#commitIds.clear()
    this.#broken = false
    this.#kept = null
  }
}

/** `count` places, one after the other. */
export function isRun(seqs: readonly number[], count: number): boolean {
  return seqs.length === count && (seqs.at(-1) as number) - (seqs[0] as number) === count - 1
}
