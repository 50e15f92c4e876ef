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
 * The least that pushes to a sync server: speaks the protocol and keeps nothing but the head. What it costs is the
 * server's and the network's, not a leader's.
 */
export class SyncWriter {
  readonly storeId: string
  readonly #source: EventSource
  readonly #line: Line
  readonly #greeted: Promise<void>
  #head: Head = { seq: 0, id: null }
  #ref = 0
  #push: Push | null = null
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
    const events = this.#push?.events ?? []
    this.#send({ type: 'push', ref: ++this.#ref, after: this.#head.seq, afterId: this.#head.id, events })
  }

  #send(message: UpMessage): void {
    this.#line.send(JSON.stringify(message))
  }

  #heard(text: string): void {
    const { message, last } = skim(text)
    if (message.type === 'welcome') this.#welcomed()
    else if (message.type === 'pushed') this.#pushed(message.seqs)
    else if (message.type === 'behind') this.#behind(last, message.part?.last ?? true)
    else if (message.type === 'error' || message.type === 'rejected') this.#fail(new Error(message.message))
  }

  #pushed(seqs: readonly number[]): void {
    const push = this.#push
    if (!push) return
    this.#push = null
    this.#head = { seq: seqs.at(-1) as number, id: (push.events.at(-1) as EventRecord).id }
    push.done()
  }

  /** Others were first: what came is the new head. Where more is to come, the next push is told so again. */
  #behind(last: Head | null, whole: boolean): void {
    if (last) this.#head = last
    if (whole) this.#try()
  }

  #fail(error: Error): void {
    this.#refused(error)
    this.#push?.failed(error)
    this.#push = null
  }
}
