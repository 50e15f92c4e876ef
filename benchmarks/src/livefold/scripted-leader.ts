import type {
  Adapter,
  AdapterConnection,
  ConfirmedEvent,
  EventRecord,
  Frame,
  LeaderMessage,
  SessionMessage,
  SqliteDriver,
} from '@livefold/core/adapter'
import { hostRandom } from '@livefold/core/adapter'
import * as sessionParts from '@livefold/core/session-parts'
import { HandClock } from './hand-clock.ts'

/** Its only term. */
const EPOCH = 1
const DB_ID = 'scripted'

type Advance = Extract<LeaderMessage, { type: 'advance' }>

/**
 * An adapter without a leader behind it: says what it is told to, so that a session can be measured alone. Messages are handed
 * over as they are, not cloned.
 */
export class ScriptedLeader {
  readonly adapter: Adapter
  /** Last confirmed `seq` that the session was told of. */
  head = 0
  readonly #clock = new HandClock()
  #listener: (frame: Frame<LeaderMessage>) => void = () => {}
  #n = 0
  /** Commits that came and are not acknowledged. */
  #unacked: EventRecord[] = []

  constructor(openReplica: () => SqliteDriver) {
    const connection: AdapterConnection = {
      channel: {
        send: ({ message }) => this.#heard(message),
        listen: (listener) => {
          this.#listener = listener
          void Promise.resolve().then(() => this.#tell({ type: 'announce', dbId: DB_ID, head: 0 }))
        },
        close() {},
      },
      openReplica,
      parts: sessionParts,
      clock: this.#clock,
      random: hostRandom(globalThis),
      async close() {},
    }
    this.adapter = { connect: async () => connection, delete: async () => {} }
  }

  /** All that came has its place in the order now. */
  confirm(): void {
    const ids = this.#take()
    this.#advance({ confirmed: ids })
    this.head += ids.length
  }

  /** All that came is durable and waits for its place. */
  acknowledge(): void {
    this.#advance({ pendingAdded: this.#take() })
  }

  /** Others' events come in between; the session has worked them in when this returns. */
  foreign(events: readonly ConfirmedEvent[]): void {
    this.#advance({ confirmed: events })
    this.head += events.length
  }

  #take(): string[] {
    const ids = this.#unacked.map((event) => event.id)
    this.#unacked = []
    return ids
  }

  #advance(news: Partial<Advance>): void {
    this.#n += 1
    const nothing = { confirmed: [], pendingAdded: [], rejected: [], local: [], localHead: 0, quarantined: [] }
    this.#tell({ type: 'advance', n: this.#n, after: this.head, ...nothing, ...news })
  }

  #tell(message: LeaderMessage): void {
    this.#listener({ epoch: EPOCH, message })
    this.#clock.run()
  }

  #heard(message: SessionMessage): void {
    if (message.type === 'commit') this.#unacked.push(...message.events)
    if (message.type !== 'hello') return
    void Promise.resolve().then(() =>
      this.#tell({
        type: 'log',
        dbId: DB_ID,
        clientId: 'client0000000000',
        after: 0,
        events: [],
        local: [],
        localHead: 0,
        more: false,
        pending: [],
        outcomes: [],
      }),
    )
  }
}
