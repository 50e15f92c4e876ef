import type { Random } from '../base/clock.ts'
import { confirmEvent } from '../protocol/confirm-event.ts'
import type { ConfirmedEvent, EventId, EventRecord } from '../protocol/event-record.ts'
import { sameEvent } from '../protocol/same-commit.ts'
import type { AppendResult, LogHead, LogStore } from './log-store.ts'

/** Logs in memory: for tests, demos and servers that may forget. */
export function memoryLogStore({ random }: { random: Pick<Random, 'id'> }): LogStore {
  return new MemoryLogStore(random.id())
}

/** `events[seq - 1]` is the event at `seq`; `seqs` finds it by id. */
class Log {
  readonly events: ConfirmedEvent[] = []
  readonly seqs = new Map<EventId, number>()
  readonly owners = new Map<string, string>()

  get head(): LogHead {
    return { seq: this.events.length, id: this.events.at(-1)?.id ?? null }
  }
}

class MemoryLogStore implements LogStore {
  readonly #backendId: string
  readonly #logs = new Map<string, Log>()
  readonly #watchers = new Map<string, Set<(head: LogHead) => void>>()

  constructor(backendId: string) {
    this.#backendId = backendId
  }

  async backendId(): Promise<string> {
    return this.#backendId
  }

  async head(storeId: string): Promise<LogHead> {
    return this.#logs.get(storeId)?.head ?? { seq: 0, id: null }
  }

  async append(
    storeId: string,
    after: number,
    afterId: EventId | null,
    events: readonly EventRecord[],
  ): Promise<AppendResult> {
    const log = this.#logs.get(storeId) ?? new Log()
    const known = knownResult(log, events)
    if (known) return known
    const { head } = log
    if (head.seq !== after || head.id !== afterId) return { kind: 'behind', head }
    this.#logs.set(storeId, log)
    const seqs: number[] = []
    for (const event of events) {
      const seq = log.events.length + 1
      log.events.push(confirmEvent(event, seq))
      log.seqs.set(event.id, seq)
      seqs.push(seq)
    }
    for (const changed of [...(this.#watchers.get(storeId) ?? [])]) changed(log.head)
    return { kind: 'appended', seqs }
  }

  async read(storeId: string, after: number, limit: number): Promise<ConfirmedEvent[]> {
    const events = this.#logs.get(storeId)?.events ?? []
    let end = Math.min(after + limit, events.length)
    while (end > after && end < events.length && events[end - 1]?.joined) end++
    return events.slice(after, end)
  }

  async find(storeId: string, ids: readonly EventId[]): Promise<(number | null)[]> {
    const seqs = this.#logs.get(storeId)?.seqs
    return ids.map((id) => seqs?.get(id) ?? null)
  }

  async claim(storeId: string, ids: readonly string[], owner: string): Promise<string | null> {
    const log = this.#logs.get(storeId) ?? new Log()
    const taken = ids.find((id) => (log.owners.get(id) ?? owner) !== owner)
    if (taken !== undefined) return taken
    this.#logs.set(storeId, log)
    for (const id of ids) log.owners.set(id, owner)
    return null
  }

  async holds(storeId: string, seq: number, id: EventId | null): Promise<boolean> {
    if (seq === 0) return id === null
    return id !== null && this.#logs.get(storeId)?.events[seq - 1]?.id === id
  }

  watch(storeId: string, changed: (head: LogHead) => void): () => void {
    const watchers = this.#watchers.get(storeId) ?? new Set()
    // Wrapped: the same function may watch twice.
    const watcher = (head: LogHead) => changed(head)
    watchers.add(watcher)
    this.#watchers.set(storeId, watchers)
    return () => {
      watchers.delete(watcher)
      if (watchers.size === 0 && this.#watchers.get(storeId) === watchers) this.#watchers.delete(storeId)
    }
  }

  async close(): Promise<void> {
    this.#watchers.clear()
  }
}

/** What the ids alone decide; null when all are new. */
function knownResult(log: Log, events: readonly EventRecord[]): AppendResult | null {
  const seqs: number[] = []
  for (const event of events) {
    const seq = log.seqs.get(event.id)
    if (seq === undefined) continue
    if (!sameEvent(event, log.events[seq - 1] as ConfirmedEvent)) return { kind: 'conflict', eventId: event.id }
    seqs.push(seq)
  }
  if (seqs.length === 0) return null
  return seqs.length === events.length ? { kind: 'known', seqs } : { kind: 'behind', head: log.head }
}
