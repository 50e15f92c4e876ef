import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { type ConfirmedEvent, type EventId, type EventRecord, StoreError } from '@livefold/core/adapter'
import type { LogHead } from '@livefold/core/server'

const EMPTY: LogHead = { seq: 0, id: null }

/** An event's text beside its args, about. */
const ENVELOPE_BYTES = 150

/** Stores whose number and head are kept in memory. */
const KEPT_STORES = 10_000

/** In the order of `EventRow`. */
const COLUMNS = 'seq, id, name, args, client, session, parent, at, joined, sum'

/** As it is stored. `sum`: see `sumOf`. */
export type EventRow = [
  seq: number,
  id: string,
  name: string,
  args: string,
  client: string,
  session: string,
  parent: number,
  at: number,
  joined: number,
  sum: number,
]

/** The statements of one log, compiled once. Stores go by number here; `append` rules are the log store's. */
export class LogTables {
  readonly #numbers = new Map<string, number>()
  /** This process alone writes, so what it wrote last is the head. */
  readonly #heads = new Map<number, LogHead>()
  readonly #storeByName: StatementSync
  readonly #insertStore: StatementSync
  readonly #last: StatementSync
  readonly #byId: StatementSync
  readonly #seqById: StatementSync
  readonly #bySeq: StatementSync
  readonly #after: StatementSync
  readonly #insert: StatementSync
  readonly #prepare: (sql: string) => StatementSync
  /** Compiled when they are first used: a log that is only read may be from before there were owners. */
  #owner: StatementSync | null = null
  #own: StatementSync | null = null

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => {
      const statement = database.prepare(sql)
      statement.setReturnArrays(true)
      return statement
    }
    this.#prepare = prepare
    this.#storeByName = prepare('SELECT number FROM stores WHERE name = ?')
    this.#insertStore = prepare('INSERT INTO stores (name) VALUES (?) RETURNING number')
    this.#last = prepare(`SELECT ${COLUMNS} FROM events WHERE store = ? ORDER BY seq DESC LIMIT 1`)
    this.#byId = prepare(`SELECT ${COLUMNS} FROM events WHERE store = ? AND id = ?`)
    this.#seqById = prepare('SELECT seq FROM events WHERE store = ? AND id = ?')
    this.#bySeq = prepare(`SELECT ${COLUMNS} FROM events WHERE store = ? AND seq = ?`)
    this.#after = prepare(`SELECT ${COLUMNS} FROM events WHERE store = ? AND seq > ? ORDER BY seq`)
    this.#insert = prepare(`INSERT INTO events (store, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  }

  /** The store's number; null while it has no event. */
  store(name: string): number | null {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const number = get<[number]>(this.#storeByName, name)?.[0] ?? null
    if (this.#numbers.size >= KEPT_STORES) this.#numbers.clear()
    if (number !== null) this.#numbers.set(name, number)
    return number
  }

  /** After a rollback: stores and events may have been added by what was taken back. */
  rolledBack(): void {
    this.#numbers.clear()
    this.#heads.clear()
  }

  addStore(name: string): number {
    return (get<[number]>(this.#insertStore, name) as [number])[0]
  }

  head(store: number): LogHead {
    const known = this.#heads.get(store)
    if (known) return known
    const row = get<EventRow>(this.#last, store)
    const head = row ? headOf(decode(store, row)) : EMPTY
    this.#keepHead(store, head)
    return head
  }

  byId(store: number, id: EventId): ConfirmedEvent | null {
    const row = get<EventRow>(this.#byId, store, id)
    return row ? decode(store, row) : null
  }

  seqById(store: number, id: EventId): number | null {
    return get<[number]>(this.#seqById, store, id)?.[0] ?? null
  }

  idBySeq(store: number, seq: number): EventId | null {
    const row = get<EventRow>(this.#bySeq, store, seq)
    return row ? decode(store, row).id : null
  }

  /**
   * Events with `seq > after`: `limit` of them, fewer once there are `bytes` of text (UTF-16 units, about), rounded up
   * to the end of a commit.
   */
  read(store: number, after: number, limit: number, bytes: number): ConfirmedEvent[] {
    const events: ConfirmedEvent[] = []
    if (limit < 1) return events
    let size = 0
    for (const row of this.#after.iterate(store, after) as Iterable<unknown>) {
      const event = decode(store, row as EventRow)
      if (event.seq !== after + events.length + 1) throw damaged(store, after + events.length + 1, 'is missing')
      events.push(event)
      size += ENVELOPE_BYTES + (row as EventRow)[3].length
      if (!event.joined && (events.length >= limit || size >= bytes)) return events
    }
    const end = after + events.length
    if (end < this.head(store).seq) throw damaged(store, end + 1, 'is missing')
    return events
  }

  ownerOf(store: number, id: string): string | null {
    this.#owner ??= this.#prepare('SELECT owner FROM owners WHERE store = ? AND id = ?')
    return get<[string]>(this.#owner, store, id)?.[0] ?? null
  }

  own(store: number, id: string, owner: string): void {
    this.#own ??= this.#prepare('INSERT INTO owners (store, id, owner) VALUES (?, ?, ?)')
    this.#own.run(store, id, owner)
  }

  /** @param args the JSON text of the event's */
  insert(store: number, seq: number, event: EventRecord, args: string): void {
    const { id, name, clientId, sessionId, parent, at, joined } = event
    const row: EventRow = [seq, id, name, args, clientId, sessionId, parent, at, joined ? 1 : 0, 0]
    row[9] = sumOf(store, row)
    this.#insert.run(store, ...row)
    this.#keepHead(store, { seq, id })
  }

  #keepHead(store: number, head: LogHead): void {
    if (this.#heads.size >= KEPT_STORES) this.#heads.clear()
    this.#heads.set(store, head)
  }
}

function get<Row>(statement: StatementSync, ...binds: SQLInputValue[]): Row | undefined {
  return statement.get(...binds) as Row | undefined
}

function headOf({ seq, id }: ConfirmedEvent): LogHead {
  return { seq, id }
}

/**
 * CRC-32 over store, place and event, so that no row passes for another: SQLite keeps no checksums of its own.
 * At one place of the text a difference of up to 32 bits is always seen, any other but for 1 in 4 billion.
 */
export function sumOf(store: number, row: EventRow): number {
  const [seq, id, name, args, client, session, parent, at, joined] = row
  return crc32(args, crc32(`${store}\n${seq}\n${id}\n${name}\n${client}\n${session}\n${parent}\n${at}\n${joined}`))
}

/** @throws StoreError `storage/corrupt` when the row is not as it was written. */
export function decode(store: number, row: EventRow): ConfirmedEvent {
  const [seq, id, name, args, clientId, sessionId, parent, at, joined, sum] = row
  if (sumOf(store, row) !== sum) throw damaged(store, seq, 'is not as it was written')
  const event = { seq, id, name, args: JSON.parse(args), clientId, sessionId, parent, at }
  return joined ? { ...event, joined: true } : event
}

/** Gives each event of a log its `sum`, within the caller's transaction. */
export function addSums(database: DatabaseSync): void {
  const rows = database.prepare(`SELECT store, ${COLUMNS} FROM events`)
  rows.setReturnArrays(true)
  const update = database.prepare('UPDATE events SET sum = ? WHERE store = ? AND seq = ?')
  for (const row of rows.iterate() as Iterable<unknown>) {
    const [store, ...event] = row as [number, ...EventRow]
    update.run(sumOf(store, event), store, event[0])
  }
}

function damaged(store: number, seq: number, what: string): StoreError {
  return new StoreError(
    'storage/corrupt',
    `The event log is damaged: of store number ${store}, the event at ${seq} ${what}. Restore it from a backup.`,
    { details: { store, seq } },
  )
}
