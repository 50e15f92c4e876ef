import {
  type DownMessage,
  type EventId,
  type EventRecord,
  type Line,
  PROTOCOL_VERSION,
  type SyncTransport,
  type UpMessage,
} from '@livefold/core/adapter'
import type { Change } from '../work/item.ts'
import { EventSource } from './event-source.ts'

interface Push {
  readonly events: readonly EventRecord[]
  done(): void
  failed(error: Error): void
}

interface Head {
  readonly seq: number
  readonly id: EventId | null
}

/** A message without its events, and the place of the last of them. 50 writers that read all they are sent would measure `JSON.parse`. */
function skim(text: string): { message: DownMessage; last: Head | null } {
  const start = text.indexOf(EVENTS)
  if (start < 0) return { message: JSON.parse(text), last: null }
  const end = text.lastIndexOf(']')
  const message = JSON.parse(text.slice(0, start + EVENTS.length) + text.slice(end))
  const found = /"seq":(\d+),"id":"([^"]+)"/.exec(text.slice(Math.max(text.lastIndexOf('"seq":', end), 0), end))
  return { message, last: found && { seq: Number(found[1]), id: found[2] as EventId } }
}

const EVENTS = '"events":['

/**
 * The least that syncs with a server as a leader does: a live pull, and pushes on top of what it brought. It keeps nothing but
 * the head: what it costs is the server's and the network's, not a leader's.
 */
export class SyncWriter {
  readonly storeId: string
  readonly #source: EventSource
  readonly #line: Line
  readonly #greeted: Promise<void>
  #head: Head = { seq: 0, id: null }
  /** The live pull has 1. */
  #ref = 1
  #push: Push | null = null
  #inFlight = false
  /** The refused push that the server remembers. */
  #kept: number | null = null
  #welcomed: () => void = () => {}
  #refused: (error: Error) => void = () => {}

  constructor(transport: SyncTransport, storeId: string, sessionId: string) {
    this.storeId = storeId
    this.#source = new EventSource(sessionId)
    this.#greeted = new Promise((resolve, reject) => {
      this.#welcomed = resolve
      this.#refused = reject
    })
    this.#line = transport.connect({
      open: () =>
        this.#send({
          type: 'hello',
          protocol: PROTOCOL_VERSION,
          storeId,
          clientId: sessionId,
          head: 0,
          headId: null,
        }),
      frame: (text) => this.#heard(text),
      closed: (error) => this.#fail(error),
    })
  }

  get sessionId(): string {
    return this.#source.sessionId
  }

  get greeted(): Promise<void> {
    return this.#greeted
  }

  /** Resolves when the server has the events, each a commit of its own, durable and in order. */
  push(changes: readonly Change[]): Promise<void> {
    const events = this.#source.events(changes)
    return new Promise((resolve, reject) => {
      this.#push = { events, done: resolve, failed: reject }
      this.#try()
    })
  }

  close(): void {
    this.#line.close()
  }

  #try(): void {
    if (!this.#push || this.#inFlight) return
    const again = this.#kept
    this.#kept = null
    this.#inFlight = true
    const events = again === null ? this.#push.events : []
    const { seq: after, id: afterId } = this.#head
    this.#send({ type: 'push', ref: ++this.#ref, after, afterId, events, ...(again !== null && { again }) })
  }

  #send(message: UpMessage): void {
    this.#line.send(JSON.stringify(message))
  }

  #heard(text: string): void {
    const { message, last } = skim(text)
    if (message.type === 'welcome') {
      this.#send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: message.limits.pageEvents, live: true })
    } else if (message.type === 'page') this.#page(last, message.more || message.part?.last === false)
    else if (message.type === 'pushed') this.#pushed(message.seqs)
    else if (message.type === 'behind') {
      if (message.kept) this.#kept = message.ref
      this.#behind(last, message.head, message.part?.last ?? true)
    } else if (message.type === 'error' || message.type === 'rejected') this.#fail(new Error(message.message))
  }

  #pushed(seqs: readonly number[]): void {
    const push = this.#push
    if (!push) return
    this.#push = null
    this.#inFlight = false
    this.#follow({ seq: seqs.at(-1) as number, id: (push.events.at(-1) as EventRecord).id })
    push.done()
  }

  #page(last: Head | null, more: boolean): void {
    this.#follow(last)
    if (more) return
    this.#welcomed()
    this.#try()
  }

  /** Others were first. Where more is to come, the live pull brings it. */
  #behind(last: Head | null, head: number, whole: boolean): void {
    this.#follow(last)
    if (!whole) return
    this.#inFlight = false
    if (this.#head.seq >= head) this.#try()
  }

  #follow(last: Head | null): void {
    if (last && last.seq > this.#head.seq) this.#head = last
  }

  #fail(error: Error): void {
    this.#refused(error)
    this.#push?.failed(error)
    this.#push = null
  }
}
