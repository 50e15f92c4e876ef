import { eventId } from '../protocol/event-record.ts'
import type { LeaderMessage, SessionMessage } from '../protocol/leader-messages.ts'
import { checkEpoch } from './boot.ts'
import { Guest, type LeaderChannel } from './guest.ts'
import type { OpenStore } from './open-store.ts'
import { takeSnapshot } from './snapshot.ts'

/** Most that is kept for the leader: events, and messages. */
const MOST_LETTERS = 50_000

type Hello = Extract<SessionMessage, { type: 'hello' }>

/** A message for the leader that is not there yet. */
export interface Letter {
  readonly from: Guest
  readonly message: SessionMessage
}

/**
 * Stands in for the leader of an open store until its code is there: whoever is new gets a snapshot; all else is kept for the leader, in
 * order. Writes nothing, so nothing is acked before the leader is there.
 */
export class Reception {
  readonly #store: OpenStore
  readonly #status: () => LeaderMessage
  readonly #guests = new Set<Guest>()
  #letters: Letter[] = []
  #size = 0
  #image: Uint8Array | null = null

  constructor(store: OpenStore, status: () => LeaderMessage) {
    this.#store = store
    this.#status = status
  }

  /** Who is here: those that are `live` hold what the file holds. After an overflow all are to greet before they are heard. */
  get guests(): Iterable<Guest> {
    if (this.overflown) for (const guest of this.#guests) guest.sessionId = null
    return this.#guests
  }

  /** There was no room for all letters: of what sessions sent nothing is kept, they have it yet. */
  get overflown(): boolean {
    return this.#size > MOST_LETTERS
  }

  /** From whoever was here. */
  get letters(): readonly Letter[] {
    return this.#letters
  }

  connect(channel: LeaderChannel): void {
    const { epoch, clock, damage } = this.#store
    const guest = new Guest(channel, epoch)
    this.#guests.add(guest)
    channel.listen(
      (frame) => {
        if (frame.epoch === epoch) this.#heard(guest, frame.message)
        else if (frame.message.type === 'hello') guest.announceSoon(clock, () => this.#announcement())
      },
      () => this.#guests.delete(guest),
    )
    guest.send(this.#announcement())
    guest.send(this.#status())
    if (damage) guest.send({ type: 'failed', error: damage.toJSON() })
  }

  broadcast(message: LeaderMessage): void {
    for (const guest of this.#guests) guest.send(message)
  }

  /** Sessions find another leader, and send it again what is among the letters. */
  close(): void {
    for (const { channel } of this.#guests) channel.close()
    this.#guests.clear()
    this.#letters = []
    this.#store.driver.close()
  }

  #announcement(): LeaderMessage {
    const { dbId, file } = this.#store
    return { type: 'announce', dbId, head: file.eventlog.head }
  }

  #heard(guest: Guest, message: SessionMessage): void {
    if (message.type === 'bye') {
      guest.channel.close()
      this.#guests.delete(guest)
    } else if (message.type !== 'hello') this.#keep({ from: guest, message })
    else if (this.#answers(guest, message)) guest.send(this.#status())
    else {
      guest.live = false
      // It says hello again where the answer is late.
      this.#letters = this.#letters.filter(({ from, message: { type } }) => from !== guest || type !== 'hello')
      this.#letters.push({ from: guest, message })
    }
  }

  #keep(letter: Letter): void {
    const { message } = letter
    this.#size += message.type === 'commit' ? message.events.length : 1
    if (this.overflown) this.#letters = this.#letters.filter(({ message: { type } }) => type === 'hello')
    else this.#letters.push(letter)
  }

  #answers(guest: Guest, hello: Hello): boolean {
    const { epoch, dbId, clientId, file } = this.#store
    const { meta, eventlog, pending, local } = file
    try {
      if (!this.#isNew(guest, hello)) return false
      // Rules LEAD-1, SESS-1: what another leader wrote since then would be told torn.
      checkEpoch(file, epoch)
      const base = meta.get('base') ?? 0
      guest.send({
        type: 'snapshot',
        dbId,
        clientId,
        bytes: this.#snapshot(),
        base,
        confirmed: eventlog.read(base, eventlog.head - base),
        pending: pending.commitsAfter(0).flat(),
        localHead: local.head,
        outcomes: [],
      })
    } catch {
      // The leader will meet it too, and knows what to do then.
      return false
    }
    guest.sessionId = hello.sessionId
    guest.live = true
    return true
  }

  /** A session at its boot, under an id of its own, on a file that holds the state it wants. */
  #isNew(guest: Guest, { sessionId, dbId, made, schemaHash, version, unconfirmed }: Hello): boolean {
    const { schema, logOnly, file } = this.#store
    const { eventlog, pending, local, meta } = file
    if (dbId !== null || unconfirmed.length > 0 || logOnly) return false
    if (schemaHash !== schema.hash || version > schema.version) return false
    // A leader that kept the log alone left the state behind.
    if (meta.get('localApplied') !== local.head) return false
    for (const other of this.#guests) if (other !== guest && other.sessionId === sessionId) return false
    const next = eventId(sessionId, made + 1)
    return !eventlog.find(next) && !pending.has(next) && !local.has(next)
  }

  #snapshot(): Uint8Array {
    const { driver, openMemory, schema } = this.#store
    this.#image ??= takeSnapshot(driver, openMemory, schema)
    return this.#image
  }
}
