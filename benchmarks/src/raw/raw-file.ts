import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Change, Item } from '../work/item.ts'
import { argsOf, type ItemArgs } from '../work/schema.ts'
import { CREATE_ITEMS, INSERT_ITEM, MARK_ITEM, RENAME_ITEM, SELECT_ALL, SELECT_ITEM } from './statements.ts'

/** A log as Livefold's leader keeps it: the same columns, the same unique id. */
const CREATE_LOG = [
  'CREATE TABLE log (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, args TEXT NOT NULL, ' +
    'client_id TEXT NOT NULL, session_id TEXT NOT NULL, parent INTEGER NOT NULL, at INTEGER NOT NULL, ' +
    'joined INTEGER NOT NULL) STRICT',
  'CREATE UNIQUE INDEX log_id ON log (id)',
]

const CLIENT = 'client0000000000'
const SESSION = 'session000000000'

interface StoredRow {
  readonly id: string
  readonly listId: string
  readonly title: string
  readonly done: number
  readonly rank: number
  readonly createdAt: number
}

/** A log and its state in one file of `node:sqlite`, by hand: every write is a prepared statement in one transaction. */
export class RawFile {
  readonly database: DatabaseSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #append: StatementSync
  #insert: StatementSync
  #rename: StatementSync
  #mark: StatementSync
  #seq = 0

  /** A file that is there already is opened as it is. */
  constructor(path: string, fresh: boolean) {
    this.database = new DatabaseSync(path)
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000')
    if (fresh) for (const sql of [...CREATE_LOG, ...CREATE_ITEMS]) this.database.exec(sql)
    this.#begin = this.database.prepare('BEGIN IMMEDIATE')
    this.#commit = this.database.prepare('COMMIT')
    this.#append = this.database.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#insert = this.database.prepare(INSERT_ITEM)
    this.#rename = this.database.prepare(RENAME_ITEM)
    this.#mark = this.database.prepare(MARK_ITEM)
  }

  transaction(run: () => void): void {
    this.#begin.run()
    run()
    this.#commit.run()
  }

  append(change: Change): void {
    const seq = ++this.#seq
    const [name, args] = loggedOf(change)
    this.#append.run(seq, `${SESSION}.${seq}`, name, JSON.stringify(args), CLIENT, SESSION, seq - 1, Date.now(), 0)
  }

  apply(change: Change): void {
    if (change.kind === 'rename') this.#rename.run(change.title, change.id)
    else if (change.kind === 'mark') this.#mark.run(change.done ? 1 : 0, change.id)
    else this.#insertArgs(argsOf(change.item))
  }

  read(id: string): Item | undefined {
    const row = this.database.prepare(SELECT_ITEM).get(id)
    return row && itemOf(row as unknown as StoredRow)
  }

  all(): Item[] {
    return this.database
      .prepare(SELECT_ALL)
      .all()
      .map((row) => itemOf(row as unknown as StoredRow))
  }

  /** Folds the whole log into new tables, in one transaction. */
  fold(): void {
    this.transaction(() => {
      this.database.exec('DROP TABLE items')
      for (const sql of CREATE_ITEMS) this.database.exec(sql)
      this.#insert = this.database.prepare(INSERT_ITEM)
      this.#rename = this.database.prepare(RENAME_ITEM)
      this.#mark = this.database.prepare(MARK_ITEM)
      const log = this.database.prepare('SELECT name, args FROM log ORDER BY seq')
      for (const { name, args } of log.iterate() as Iterable<unknown> as Iterable<{ name: string; args: string }>) {
        const values = JSON.parse(args)
        if (name === 'v1.ItemAdded') this.#insertArgs(values)
        else if (name === 'v1.ItemRenamed') this.#rename.run(values.title, values.id)
        else this.#mark.run(values.done ? 1 : 0, values.id)
      }
    })
  }

  close(): void {
    this.database.close()
  }

  #insertArgs({ id, listId, title, done, rank, createdAt }: ItemArgs): void {
    this.#insert.run(id, listId, title, done ? 1 : 0, rank, createdAt)
  }
}

/** Name and args of a change as the log has them. */
function loggedOf(change: Change): [name: string, args: object] {
  if (change.kind === 'add') return ['v1.ItemAdded', argsOf(change.item)]
  const { id } = change
  return change.kind === 'rename'
    ? ['v1.ItemRenamed', { id, title: change.title }]
    : ['v1.ItemMarked', { id, done: change.done }]
}

function itemOf({ id, listId, title, done, rank, createdAt }: StoredRow): Item {
  return { id, listId, title, done: done !== 0, rank, createdAt: new Date(createdAt) }
}
