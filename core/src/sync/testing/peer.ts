import type { Commit, ConfirmedEvent, EventId, EventRecord } from '../../protocol/event-record.ts'
import { type DownMessage, defaultLimits, PROTOCOL_VERSION, type UpMessage } from '../../protocol/sync-messages.ts'
import type { SyncEffect, SyncView } from '../sync-effect.ts'
import { SyncState } from '../sync-state.ts'

export function record(id: EventId, joined = false): EventRecord {
  const base = { id, name: 'v1.E', args: {}, clientId: 'c', sessionId: id.split('.')[0] as string, parent: 0, at: 0 }
  return joined ? { ...base, joined: true } : base
}

export function confirmed(seq: number, id: EventId, joined = false): ConfirmedEvent {
  return { ...record(id, joined), seq }
}

/** A commit of events with these ids. */
export function commitOf(...ids: EventId[]): EventRecord[] {
  return ids.map((id, i) => record(id, i < ids.length - 1))
}

/** The leader's log as the sync state sees it, as plain lists. */
export class TestLog implements SyncView {
  confirmed: ConfirmedEvent[] = []
  pending: Commit[] = []

  get head(): number {
    return this.confirmed.length
  }

  get headId(): EventId | null {
    return this.confirmed.at(-1)?.id ?? null
  }

  isPending(id: EventId): boolean {
    return this.pending.some((commit) => commit.some((event) => event.id === id))
  }

  idAt(seq: number): EventId | null {
    return this.confirmed[seq - 1]?.id ?? null
  }

  read(after: number, limit: number): ConfirmedEvent[] {
    let end = after + limit
    while (this.confirmed[end - 1]?.joined) end += 1
    return this.confirmed.slice(after, end)
  }

  /** What the leader does with an effect, in its next transaction. */
  carryOut(effect: SyncEffect): void {
    if (effect.type === 'receive') {
      for (const event of effect.events) if (event.seq === this.head + 1) this.#append(event)
    } else if (effect.type === 'confirm') {
      for (const [i, id] of effect.ids.entries()) {
        const event = this.pending.flat().find((candidate) => candidate.id === id)
        if (event && effect.from + i === this.head + 1) this.#append({ ...event, seq: effect.from + i })
      }
    } else if (effect.type === 'reject') {
      this.pending = this.pending.filter((commit) => commit.every((event) => event.id !== effect.eventId))
    }
    const done = new Set(this.confirmed.map((event) => event.id))
    this.pending = this.pending.filter((commit) => !done.has((commit[0] as EventRecord).id))
  }

  #append(event: ConfirmedEvent): void {
    this.confirmed.push(event)
  }
}

/** A sync state with its log; hand-fed. */
export class Peer {
  readonly log: TestLog
  readonly state: SyncState
  /** Everything that was asked for, in order. */
  effects: SyncEffect[] = []

  constructor(options: { confirmed?: ConfirmedEvent[]; backendId?: string | null; ordered?: boolean } = {}) {
    this.log = new TestLog()
    this.log.confirmed = options.confirmed ?? []
    const { head, headId } = this.log
    const at = { head, headId, backendId: options.backendId === undefined ? 'b' : options.backendId }
    this.state = new SyncState({ storeId: 's', clientId: 'c' }, options.ordered ?? true, at)
  }

  commit(...ids: EventId[]): SyncEffect[] {
    this.log.pending.push(commitOf(...ids))
    return this.take(this.state.push(this.log))
  }

  open(): SyncEffect[] {
    return this.take(this.state.opened(null))
  }

  hear(message: DownMessage): SyncEffect[] {
    return this.take(this.state.message(message, this.log))
  }

  /** The leader's transaction over all that was handed over since the last one. */
  drain(): SyncEffect[] {
    for (const effect of this.effects) this.log.carryOut(effect)
    this.effects = []
    return this.take(this.state.applied(this.log.head, this.log.headId, this.log))
  }

  /** Connected, caught up with an empty answer. */
  online(head = this.log.head, headId = this.log.headId): this {
    this.open()
    const [pull] = this.hear(welcome(head, headId)).flatMap(sent('pull'))
    this.hear(page(pull?.ref ?? 0, [], head))
    this.drain()
    return this
  }

  take(effects: SyncEffect[]): SyncEffect[] {
    this.effects.push(...effects)
    return effects
  }
}

export function welcome(head: number, headId: EventId | null, backendId = 'b'): DownMessage {
  return { type: 'welcome', protocol: PROTOCOL_VERSION, backendId, head, headId, limits: defaultLimits }
}

export function page(ref: number, events: ConfirmedEvent[], head = events.at(-1)?.seq ?? 0, more = false): DownMessage {
  return { type: 'page', ref, events, head, more }
}

/** The messages of one type among effects. */
export function sent<T extends UpMessage['type']>(type: T) {
  return (effect: SyncEffect): Extract<UpMessage, { type: T }>[] =>
    effect.type === 'send' && effect.message.type === type ? [effect.message as Extract<UpMessage, { type: T }>] : []
}

/** Effects in short: what matters in a table of transitions. */
export function brief(effects: readonly SyncEffect[]): string[] {
  return effects.map(briefEffect)
}

function briefEffect(effect: SyncEffect): string {
  switch (effect.type) {
    case 'send':
      return briefMessage(effect.message)
    case 'receive':
      return `receive ${effect.events.map((event) => `${event.seq}:${event.id}`).join(' ')}`
    case 'confirm':
      return `confirm ${effect.ids.join(' ')} from ${effect.from}`
    case 'reject':
      return `reject ${effect.eventId} ${effect.error.code}`
    case 'adopt':
      return `adopt ${effect.backendId}`
    case 'token':
      return `token ${effect.reason}`
    case 'report':
      return `report ${effect.error.code}`
    case 'close':
      return `${effect.stop ? 'stop' : 'close'} ${effect.error.code}`
  }
}

function briefMessage(message: UpMessage): string {
  switch (message.type) {
    case 'push':
      return `push ${message.events.map((event) => event.id).join(' ')} after ${message.after}:${message.afterId}`
    case 'pull':
      return `pull after ${message.after}:${message.afterId}`
    default:
      return message.type
  }
}
