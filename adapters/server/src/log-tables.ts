import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { ConfirmedEvent, EventId, EventRecord } from '@livefold/core/adapter'
import type { LogHead } from '@livefold/core/server'

const EMPTY: LogHead = { seq: 0, id: null }

/** An event's text beside its args, about. */
const ENVELOPE_BYTES = 150

/** Stores whose number is kept in memory. */
const KEPT_NUMBERS = 10_000

/** In the order of `decode`. */
const COLUMNS = 'seq, id, name, args, client, session, parent, at, joined'

type EventRow = [
  seq: number,
  id: string,
  name: string,
  args: string,
  client: string,
  session: string,
  parent: number,
  at: number,
  joined: number,
]

/** The statements of one log, compiled once. Stores go by number here; `append` rules are the log store's. */
export class LogTables {
  readonly #numbers = new Map<string, number>()
  readonly #storeByName: StatementSync
  readonly #insertStore: StatementSync
  readonly #head: StatementSync
  readonly #byId: StatementSync
  readonly #seqById: StatementSync
  readonly #idBySeq: StatementSync
  readonly #after: StatementSync
  readonly #insert: StatementSync
  readonly #owner: StatementSync
  readonly #own: StatementSync

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => {
      const statement = database.prepare(sql)
      statement.setReturnArrays(true)
      return statement
    }
    this.#storeByName = prepare('SELECT number FROM stores WHERE name = ?')
    this.#insertStore = prepare('INSERT INTO stores (name) VALUES (?) RETURNING number')
    this.#head = prepare('SELECT seq, id FROM events WHERE store = ? ORDER BY seq DESC LIMIT 1')
    this.#byId = prepare(`SELECT ${COLUMNS} FROM events WHERE store = ? AND id = ?`)
    this.#seqById = prepare('SELECT seq FROM events WHERE store = ? AND id = ?')
    this.#idBySeq = prepare('SELECT id FROM events WHERE store = ? AND seq = ?')
    this.#after = prepare(`SELECT ${COLUMNS} FROM events WHERE store = ? AND seq > ? ORDER BY seq`)
    this.#insert = prepare(`INSERT INTO events (store, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    this.#owner = prepare('SELECT owner FROM owners WHERE store = ? AND id = ?')
    this.#own = prepare('INSERT INTO owners (store, id, owner) VALUES (?, ?, ?)')
  }

  /** The store's number; null while it has no event. */
  store(name: string): number | null {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const number = get<[number]>(this.#storeByName, name)?.[0] ?? null
    if (this.#numbers.size >= KEPT_NUMBERS) this.#numbers.clear()
    if (number !== null) this.#numbers.set(name, number)
    return number
  }

  /** After a rollback: a store may have been added by what was taken back. */
  rolledBack(): void {
    this.#numbers.clear()
  }

  addStore(name: string): number {
    return (get<[number]>(this.#insertStore, name) as [number])[0]
  }

  head(store: number): LogHead {
    const row = get<[number, string]>(this.#head, store)
    return row ? { seq: row[0], id: row[1] } : EMPTY
  }

  byId(store: number, id: EventId): ConfirmedEvent | null {
    const row = get<EventRow>(this.#byId, store, id)
    return row ? decode(row) : null
  }

  seqById(store: number, id: EventId): number | null {
    return get<[number]>(this.#seqById, store, id)?.[0] ?? null
  }

  idBySeq(store: number, seq: number): EventId | null {
    return get<[string]>(this.#idBySeq, store, seq)?.[0] ?? null
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
      const event = decode(row as EventRow)
      events.push(event)
      size += ENVELOPE_BYTES + (row as EventRow)[3].length
      if (!event.joined && (events.length >= limit || size >= bytes)) break
    }
    return events
  }

  ownerOf(store: number, id: string): string | null {
    return get<[string]>(this.#owner, store, id)?.[0] ?? null
  }

  own(store: number, id: string, owner: string): void {
    this.#own.run(store, id, owner)
  }

  insert(store: number, seq: number, event: EventRecord): void {
    const { id, name, args, clientId, sessionId, parent, at, joined } = event
    this.#insert.run(store, seq, id, name, JSON.stringify(args), clientId, sessionId, parent, at, joined ? 1 : 0)
  }
}

function get<Row>(statement: StatementSync, ...binds: SQLInputValue[]): Row | undefined {
  return statement.get(...binds) as Row | undefined
}

function decode([seq, id, name, args, clientId, sessionId, parent, at, joined]: EventRow): ConfirmedEvent {
  const event = { seq, id, name, args: JSON.parse(args), clientId, sessionId, parent, at }
  return joined ? { ...event, joined: true } : event
}
