import type { RowChange, SqliteDriver, SqlValue } from '../../sqlite/driver.ts'
import type { DriverSuite } from './driver.ts'
import { thrownBy } from './thrown.ts'

const tables = `CREATE TABLE notes (id TEXT PRIMARY KEY, n INTEGER, t TEXT) STRICT, WITHOUT ROWID;
  CREATE TABLE lines (id INTEGER PRIMARY KEY, n INTEGER UNIQUE, t TEXT) STRICT;
  INSERT INTO notes VALUES ('a', 1, 'A'), ('b', 2, 'é'), ('c', NULL, NULL);
  INSERT INTO lines VALUES (1, 10, 'one'), (2, 20, 'two')`

type Heard = [table: string, kind: string, before: SqlValue[] | null, after: SqlValue[] | null]

function hear(driver: SqliteDriver, columns: number, run: () => void): Heard[] {
  const heard: Heard[] = []
  const all = (read: (column: number) => SqlValue) => Array.from({ length: columns }, (_, column) => read(column))
  driver.watch((change: RowChange) => {
    heard.push([
      change.table,
      change.kind,
      change.kind === 'insert' ? null : all((column) => change.before(column)),
      change.kind === 'delete' ? null : all((column) => change.after(column)),
    ])
  })
  try {
    run()
  } finally {
    driver.watch(null)
  }
  return heard
}

/** Scenarios for drivers whose `feed` is `hook`; the others must say that they have none. */
export function driverHook({ withDriver, expect }: DriverSuite): void {
  const withHook = (title: string, run: (driver: SqliteDriver) => void) =>
    withDriver(title, (driver) => {
      if (driver.feed === 'hook') run(driver)
      else expect(thrownBy(() => driver.watch(() => {})) instanceof Error).toBe(true)
    })

  for (const table of ['notes', 'lines'] as const) {
    const keys: SqlValue[] = table === 'notes' ? ['x', 'y'] : [8, 9]

    withHook(`hears insert, update and delete of ${table}`, (driver) => {
      driver.exec(tables)
      const heard = hear(driver, 3, () => {
        driver.prepare(`INSERT INTO ${table} VALUES (?, ?, ?)`).run([keys[0] as SqlValue, 2n ** 60n, 'ü'])
        driver.prepare(`UPDATE ${table} SET t = ? WHERE id = ?`).run([null, keys[0] as SqlValue])
        driver.prepare(`DELETE FROM ${table} WHERE id = ?`).run([keys[0] as SqlValue])
      })
      const first: SqlValue[] = [keys[0] as SqlValue, 2n ** 60n, 'ü']
      const second: SqlValue[] = [keys[0] as SqlValue, 2n ** 60n, null]
      expect(heard).toEqual([
        [table, 'insert', null, first],
        [table, 'update', first, second],
        [table, 'delete', second, null],
      ])
    })

    withHook(`hears both halves of REPLACE in ${table}`, (driver) => {
      driver.exec(tables)
      const id = table === 'notes' ? 'a' : 1
      const before = driver.prepare(`SELECT * FROM ${table} WHERE id = ?`).values([id])[0] as SqlValue[]
      const heard = hear(driver, 3, () => {
        driver.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`).run([id, 5, 'new'])
      })
      expect(heard).toEqual([
        [table, 'delete', before, null],
        [table, 'insert', null, [id, 5, 'new']],
      ])
    })

    withHook(`hears each row of a DELETE without WHERE in ${table}, compiled before`, (driver) => {
      driver.exec(tables)
      const clear = driver.prepare(`DELETE FROM ${table}`)
      const rows = Number(driver.prepare(`SELECT count(*) FROM ${table}`).value())
      driver.exec('SAVEPOINT s')
      clear.run()
      driver.exec('ROLLBACK TO s')
      const heard = hear(driver, 1, () => clear.run())
      expect(heard.map(([, kind]) => kind)).toEqual(Array.from({ length: rows }, () => 'delete'))
    })

    withHook(`hears a changed key of ${table} with old and new`, (driver) => {
      driver.exec(tables)
      const [from, to] = table === 'notes' ? ['a', 'z'] : [1, 99]
      const heard = hear(driver, 1, () => driver.prepare(`UPDATE ${table} SET id = ? WHERE id = ?`).run([to, from]))
      const gone = heard.some(([, , before]) => before?.[0] === from)
      const come = heard.some(([, , , after]) => after?.[0] === to)
      expect([gone, come]).toEqual([true, true])
    })

    withHook(`hears rows that INSERT … SELECT brings to ${table}`, (driver) => {
      driver.exec(tables)
      driver.exec(`CREATE TABLE source AS SELECT * FROM ${table} WHERE 0`)
      driver.prepare('INSERT INTO source VALUES (?, 100, NULL), (?, 200, NULL)').run(keys)
      const heard = hear(driver, 1, () => driver.prepare(`INSERT INTO ${table} SELECT * FROM source`).run())
      expect(heard).toEqual([
        [table, 'insert', null, [keys[0]]],
        [table, 'insert', null, [keys[1]]],
      ])
    })
  }

  withHook('hears rows copied between equal tables', (driver) => {
    driver.exec(tables)
    driver.exec('CREATE TABLE copy (id TEXT PRIMARY KEY, n INTEGER, t TEXT) STRICT, WITHOUT ROWID')
    const copy = driver.prepare('INSERT INTO copy SELECT * FROM notes')
    const heard = hear(driver, 3, () => copy.run())
    expect(heard.map(([table, kind, , after]) => [table, kind, after?.[0]])).toEqual([
      ['copy', 'insert', 'a'],
      ['copy', 'insert', 'b'],
      ['copy', 'insert', 'c'],
    ])
  })

  withHook('hears every row of an update over many', (driver) => {
    driver.exec(tables)
    const heard = hear(driver, 2, () => driver.prepare('UPDATE notes SET n = coalesce(n, 0) + 1').run())
    expect(heard.map(([, , before, after]) => [before?.[1], after?.[1]])).toEqual([
      [1, 2],
      [2, 3],
      [null, 1],
    ])
  })

  withHook('hears an upsert as what it became', (driver) => {
    driver.exec(tables)
    const upsert = driver.prepare('INSERT INTO notes VALUES (?, 0, ?) ON CONFLICT (id) DO UPDATE SET t = excluded.t')
    const heard = hear(driver, 1, () => {
      upsert.run(['a', 'again'])
      upsert.run(['n', 'new'])
    })
    expect(heard.map(([, kind]) => kind)).toEqual(['update', 'insert'])
  })

  withHook('hears cascades', (driver) => {
    driver.exec(`PRAGMA foreign_keys = 1;
      CREATE TABLE parents (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
      CREATE TABLE children (id TEXT PRIMARY KEY, p TEXT REFERENCES parents (id) ON DELETE CASCADE) STRICT, WITHOUT ROWID;
      INSERT INTO parents VALUES ('p'); INSERT INTO children VALUES ('c', 'p'), ('d', 'p')`)
    const heard = hear(driver, 1, () => driver.prepare('DELETE FROM parents').run())
    const names = heard.map(([table, kind, before]) => `${kind} ${table} ${before?.[0]}`).sort()
    expect(names).toEqual(['delete children c', 'delete children d', 'delete parents p'])
  })

  withHook('hears changes of apply and exec, and none of other databases', (driver) => {
    driver.exec(tables)
    const recorder = driver.record(['lines'])
    driver.exec('DELETE FROM lines WHERE id = 1')
    const changeset = recorder.changeset()
    recorder.close()
    driver.exec("ATTACH ':memory:' AS aside; CREATE TABLE aside.notes (id TEXT PRIMARY KEY)")
    const heard = hear(driver, 1, () => {
      driver.apply(driver.invert(changeset))
      driver.exec("INSERT INTO aside.notes VALUES ('aside'); UPDATE lines SET t = 'x' WHERE id = 2")
    })
    expect(heard.map(([table, kind, , after]) => [table, kind, after?.[0]])).toEqual([
      ['lines', 'insert', 1],
      ['lines', 'update', 2],
    ])
  })

  withHook('hears nothing of a rollback to a savepoint, nor after it stopped listening', (driver) => {
    driver.exec(tables)
    driver.exec('SAVEPOINT base; DELETE FROM notes')
    expect(hear(driver, 1, () => driver.exec('ROLLBACK TO base'))).toEqual([])
    let calls = 0
    driver.watch(() => calls++)
    driver.watch(null)
    driver.exec('DELETE FROM notes')
    expect(calls).toBe(0)
  })

  withHook('passes on what the listener throws, once SQLite has returned', (driver) => {
    driver.exec(tables)
    const error = new Error('listener')
    driver.watch(() => {
      throw error
    })
    expect(thrownBy(() => driver.prepare("DELETE FROM notes WHERE id = 'a'").run())).toBe(error)
    expect(thrownBy(() => driver.exec("DELETE FROM notes WHERE id = 'b'"))).toBe(error)
    driver.watch(null)
    expect(driver.prepare('SELECT count(*) FROM notes').value()).toBe(1)
  })

  withHook('refuses to watch and record at once', (driver) => {
    driver.exec(tables)
    driver.watch(() => {})
    expect(thrownBy(() => driver.record(['notes'])) instanceof Error).toBe(true)
    driver.watch(null)
    const recorder = driver.record(['notes'])
    expect(thrownBy(() => driver.watch(() => {})) instanceof Error).toBe(true)
    recorder.close()
    driver.watch(() => {})
  })

  withHook('reads other rows from within the listener', (driver) => {
    driver.exec(tables)
    const counts: unknown[] = []
    driver.watch((change) => {
      counts.push(driver.prepare('SELECT count(*), ? FROM lines').values([`for ${change.table}`])[0])
    })
    driver.prepare('INSERT INTO notes VALUES (?, ?, ?)').run(['q', 1, 'some text that is bound'])
    driver.watch(null)
    expect(counts).toEqual([[2, 'for notes']])
    expect(driver.prepare("SELECT t FROM notes WHERE id = 'q'").value()).toBe('some text that is bound')
  })
}
