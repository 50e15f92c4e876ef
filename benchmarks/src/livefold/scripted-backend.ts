import type { DownMessage, EventRecord, LineEvents, SyncTransport, UpMessage } from '@livefold/core/adapter'
import { defaultLimits, PROTOCOL_VERSION } from '@livefold/core/adapter'
import type { HandClock } from './hand-clock.ts'

type Push = Extract<UpMessage, { type: 'push' }>

/**
 * A backend that keeps nothing: confirms what is pushed when told to, and sends others' events. Its own work is no part of
 * what is measured, beyond the text of its messages.
 */
export class ScriptedBackend implements SyncTransport {
  readonly name = 'scripted'
  readonly ordered = true
  head = 0
  readonly #clock: HandClock
  #events: LineEvents | null = null
  #pullRef = 0
  #pushes: Push[] = []

  constructor(clock: HandClock) {
    this.#clock = clock
  }

  connect(events: LineEvents) {
    this.#events = events
    this.#clock.soon(() => events.open())
    return { send: (text: string) => this.#up(JSON.parse(text)), close: () => {} }
  }

  /** Answers every push that waits, and those that follow from it. */
  confirm(): void {
    while (this.#pushes.length > 0) {
      const pushes = this.#pushes
      this.#pushes = []
      for (const { ref, events } of pushes) {
        this.down({ type: 'pushed', ref, seqs: events.map((_: EventRecord, i: number) => this.head + 1 + i) })
        this.head += events.length
      }
      this.#clock.run()
    }
  }

  /** The text of a live page that ends at `head`, for `frame`. */
  page(events: Extract<DownMessage, { type: 'page' }>['events'], head: number): string {
    return JSON.stringify({ type: 'page', ref: this.#pullRef, events, head, more: false } satisfies DownMessage)
  }

  frame(text: string): void {
    this.#events?.frame(text)
  }

  down(message: DownMessage): void {
    this.frame(JSON.stringify(message))
  }

  #up(message: UpMessage): void {
    if (message.type === 'push') this.#pushes.push(message)
    if (message.type === 'hello') this.#clock.soon(() => this.#welcome())
    if (message.type === 'pull') {
      this.#pullRef = message.ref
      const { ref } = message
      this.#clock.soon(() => this.down({ type: 'page', ref, events: [], head: this.head, more: false }))
    }
  }

  #welcome(): void {
    this.down({
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      backendId: 'scripted',
      head: this.head,
      headId: null,
      limits: defaultLimits,
    })
  }
}
