import type { ConfirmedEvent, EventId, EventRecord } from '../../protocol/event-record.ts'
import { type DownMessage, defaultLimits, PROTOCOL_VERSION, type UpMessage } from '../../protocol/sync-messages.ts'

type Push = Extract<UpMessage, { type: 'push' }>

/** The backend's contract in sixty lines: one log, compare-and-set, live pulls. Each line keeps order; what is on a cut line is lost. */
export class ModelServer {
  readonly log: ConfirmedEvent[] = []
  readonly #lines = new Set<ModelLine>()
  readonly #page: number
  /** Commits whose first id this accepts are refused. */
  readonly #refuses: (id: EventId) => boolean

  constructor(page: number, refuses: (id: EventId) => boolean) {
    this.#page = page
    this.#refuses = refuses
  }

  connect(): ModelLine {
    const line = new ModelLine(this)
    this.#lines.add(line)
    return line
  }

  leave(line: ModelLine): void {
    this.#lines.delete(line)
  }

  handle(line: ModelLine, message: UpMessage): void {
    if (message.type === 'hello') {
      const { head, headId } = this
      const limits = { ...defaultLimits, pageEvents: this.#page }
      line.tell({ type: 'welcome', protocol: PROTOCOL_VERSION, backendId: 'b', head, headId, limits })
    } else if (message.type === 'pull') {
      if (this.#holds(message.after, message.afterId)) line.pull = { ref: message.ref, at: message.after, told: false }
      else line.tell({ type: 'error', code: 'sync/backend-mismatch', retry: 'no', message: '', ref: message.ref })
    } else if (message.type === 'stop') line.pull = null
    else if (message.type === 'push') this.#push(line, message)
    this.#feed()
  }

  get head(): number {
    return this.log.length
  }

  get headId(): EventId | null {
    return this.log.at(-1)?.id ?? null
  }

  #push(line: ModelLine, push: Push): void {
    const { ref, after, afterId, again } = push
    // It forgets now and then.
    const kept = again === undefined || ref % 5 === 0 || line.kept?.ref !== again ? null : line.kept.events
    if (again !== undefined && !kept) {
      return line.tell({ type: 'behind', ref, head: this.head, events: [], more: false })
    }
    const events = [...(kept ?? []), ...push.events]
    const places = events.map(({ id }) => this.log.find((event) => event.id === id)?.seq ?? null)
    if (places.every((seq) => seq !== null)) return line.tell({ type: 'pushed', ref, seqs: places })
    const { head } = this
    if (places.some((seq) => seq !== null) || after !== head || afterId !== this.headId) {
      const missing = this.#holds(after, afterId) ? this.#read(after) : []
      const more = missing.length > 0 && after + missing.length < head
      const keeps = this.#holds(after, afterId) && ref % 4 !== 0
      if (keeps) line.kept = { ref, events }
      return line.tell({ type: 'behind', ref, head, events: missing, more, ...(keeps && { kept: true as const }) })
    }
    const refused = events.find((event, i) => !events[i - 1]?.joined && this.#refuses(event.id))
    if (refused) return line.tell({ type: 'rejected', ref, eventId: refused.id, code: 'sync/rejected', message: '' })
    for (const event of events) this.log.push({ ...event, seq: this.log.length + 1 })
    // The pusher's own answer goes first, and spares its pull the same events.
    line.tell({ type: 'pushed', ref, seqs: events.map((_, i) => head + 1 + i) })
    if (line.pull?.at === head) line.pull.at = this.head
  }

  #feed(): void {
    for (const line of this.#lines) {
      const { pull } = line
      if (!pull) continue
      while (!pull.told || pull.at < this.head) {
        const events = this.#read(pull.at)
        pull.at += events.length
        pull.told = true
        line.tell({ type: 'page', ref: pull.ref, events, head: this.head, more: pull.at < this.head })
      }
    }
  }

  #read(after: number): ConfirmedEvent[] {
    let end = after + this.#page
    while (this.log[end - 1]?.joined) end += 1
    return this.log.slice(after, end)
  }

  #holds(seq: number, id: EventId | null): boolean {
    return seq === 0 ? id === null : this.log[seq - 1]?.id === id
  }
}

/** One connection: two queues, which the test empties one message at a time. */
export class ModelLine {
  readonly up: UpMessage[] = []
  readonly down: DownMessage[] = []
  pull: { ref: number; at: number; told: boolean } | null = null
  kept: { ref: number; events: readonly EventRecord[] } | null = null
  readonly #server: ModelServer
  #open = true

  constructor(server: ModelServer) {
    this.#server = server
  }

  tell(message: DownMessage): void {
    if (this.#open) this.down.push(message)
  }

  /** The server takes the next message. */
  arrive(): boolean {
    const message = this.up.shift()
    if (message) this.#server.handle(this, message)
    return message !== undefined
  }

  /** The network breaks: the first `arriving` messages still reach the server, later or sooner; no answer comes back. */
  cut(arriving: number): UpMessage[] {
    this.#open = false
    this.#server.leave(this)
    this.pull = null
    return this.up.splice(0).slice(0, arriving)
  }
}

/** True when the events are the same, in the same order. */
export function sameOrder(a: readonly EventRecord[], b: readonly EventRecord[]): boolean {
  return a.length === b.length && a.every((event, i) => event.id === b[i]?.id)
}
