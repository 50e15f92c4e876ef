import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Writers } from '../suite/contestant.ts'
import { itemAt } from '../work/item.ts'
import { argsOf } from '../work/schema.ts'

/** The server's table of events, with the same two keys. */
const TABLES = `
  CREATE TABLE events (store INTEGER NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    args TEXT NOT NULL, client TEXT NOT NULL, session TEXT NOT NULL, parent INTEGER NOT NULL, at REAL NOT NULL,
    joined INTEGER NOT NULL, PRIMARY KEY (store, seq)) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX events_by_id ON events (store, id);
`

/**
 * Inserts with `synchronous=FULL`. Writers of stores of their own share one transaction, the best that group commit can do;
 * writers of one store take turns, since each has to know what the one before wrote.
 */
export async function openRawWriters(
  directory: string,
  options: { readonly writers: number; readonly stores: number },
): Promise<Writers> {
  const { writers, stores } = options
  const database = new DatabaseSync(join(directory, 'raw.sqlite'))
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${TABLES}`)
  const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const seqs = new Array<number>(stores).fill(0)
  const written = new Array<number>(writers).fill(0)

  function write(writer: number, events: number): void {
    const store = writer % stores
    for (let i = 0; i < events; i++) {
      const seq = (seqs[store] as number) + 1
      const n = (written[writer] as number) + 1
      seqs[store] = seq
      written[writer] = n
      const args = JSON.stringify(argsOf(itemAt(n)))
      const session = `writer${String(writer).padStart(10, '0')}`
      insert.run(store, seq, `${session}.${n}`, 'v1.ItemAdded', args, session, session, seq - 1, Date.now(), 0)
    }
  }

  return {
    round(events) {
      const shared = stores > 1
      if (shared) database.exec('BEGIN')
      for (let writer = 0; writer < writers; writer++) {
        if (!shared) database.exec('BEGIN')
        write(writer, events)
        if (!shared) database.exec('COMMIT')
      }
      if (shared) database.exec('COMMIT')
    },
    close: () => database.close(),
  }
}
