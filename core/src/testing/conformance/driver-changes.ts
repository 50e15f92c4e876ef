import type { SqliteDriver, SqlValue } from '../../sqlite/driver.ts'
import type { DriverSuite } from './driver.ts'
import { codeOf } from './thrown.ts'

const tables = `CREATE TABLE notes (id TEXT PRIMARY KEY, n INTEGER, r REAL, b BLOB, t TEXT) STRICT, WITHOUT ROWID;
  CREATE TABLE lines (id INTEGER PRIMARY KEY, t TEXT) STRICT;
  CREATE TABLE pairs (x TEXT, y TEXT, v TEXT, PRIMARY KEY (y, x)) STRICT, WITHOUT ROWID;
  CREATE TABLE other (id TEXT PRIMARY KEY, x TEXT) STRICT, WITHOUT ROWID;
  INSERT INTO notes VALUES ('a', 1, 1.5, x'0102', 'é'), ('b', NULL, NULL, NULL, NULL), ('c', 9007199254740993, 3.0, x'', '');
  INSERT INTO lines VALUES (1, 'one'), (2, 'two');
  INSERT INTO pairs VALUES ('1', '2', 'v'), ('2', '1', 'w')`

const recorded = ['notes', 'lines', 'pairs']

function digest(driver: SqliteDriver): SqlValue[][][] {
  return [...recorded, 'other'].map((table) => driver.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).values())
}

function changeMuch(driver: SqliteDriver): void {
  driver.prepare('UPDATE notes SET n = ?, t = ? WHERE id = ?').run([7, 'new', 'a'])
  driver.prepare("UPDATE notes SET id = 'z' WHERE id = 'b'").run()
  driver.prepare('INSERT INTO notes VALUES (?, ?, ?, ?, ?)').run(['d', 2n ** 60n, 0.25, new Uint8Array([9]), 'd'])
  driver.prepare("INSERT OR REPLACE INTO notes VALUES ('c', 1, 1, NULL, 'c')").run()
  driver.prepare('DELETE FROM lines').run()
  driver.prepare('INSERT INTO lines VALUES (1, ?), (9, ?)').run(['uno', 'nine'])
  driver.prepare("UPDATE pairs SET v = 'x'").run()
  driver.prepare("DELETE FROM pairs WHERE x = '2'").run()
}

function record(driver: SqliteDriver, names: readonly string[], run: () => void): Uint8Array {
  const recorder = driver.record(names)
  try {
    run()
    return recorder.changeset()
  } finally {
    recorder.close()
  }
}

export function driverChanges({ withDriver, expect }: DriverSuite): void {
  withDriver('STATE-3 record, invert and apply gives equal tables', (driver) => {
    driver.exec(tables)
    const before = digest(driver)
    const changeset = record(driver, recorded, () => changeMuch(driver))
    const after = digest(driver)
    driver.apply(driver.invert(changeset))
    expect(digest(driver)).toEqual(before)
    driver.apply(changeset)
    expect(digest(driver)).toEqual(after)
    driver.apply(driver.invert(driver.invert(driver.invert(changeset))))
    expect(digest(driver)).toEqual(before)
  })

  withDriver('STATE-3 records a DELETE without WHERE that was compiled before the recorder was there', (driver) => {
    driver.exec(tables)
    const before = digest(driver)
    const clear = driver.prepare('DELETE FROM notes')
    driver.transaction(() => {
      clear.run()
      driver.exec("INSERT INTO notes VALUES ('q', 1, 1, NULL, NULL)")
    })
    driver.exec('DELETE FROM notes')
    driver.exec("INSERT INTO notes SELECT 'a', 1, 1.5, x'0102', 'é'")
    const changeset = record(driver, recorded, () => clear.run())
    expect(driver.prepare('SELECT count(*) FROM notes').value()).toBe(0)
    driver.apply(driver.invert(changeset))
    expect(digest(driver)[0]).toEqual(before[0]?.slice(0, 1))
  })

  withDriver('STATE-3 records INSERT … SELECT between equal tables', (driver) => {
    driver.exec(tables)
    driver.exec('CREATE TABLE copy (id TEXT PRIMARY KEY, n INTEGER, r REAL, b BLOB, t TEXT) STRICT, WITHOUT ROWID')
    const copy = driver.prepare('INSERT INTO copy SELECT * FROM notes')
    const changeset = record(driver, ['copy'], () => copy.run())
    driver.apply(driver.invert(changeset))
    expect(driver.prepare('SELECT count(*) FROM copy').value()).toBe(0)
  })

  withDriver('records only the tables it was given', (driver) => {
    driver.exec(tables)
    const changeset = record(driver, ['notes'], () => {
      driver.exec("DELETE FROM lines; INSERT INTO other (id) VALUES ('o'); DELETE FROM notes WHERE id = 'a'")
    })
    driver.apply(driver.invert(changeset))
    expect(driver.prepare('SELECT count(*) FROM notes').value()).toBe(3)
    expect(driver.prepare('SELECT count(*) FROM lines').value()).toBe(0)
    expect(driver.prepare('SELECT count(*) FROM other').value()).toBe(1)
  })

  withDriver('records nothing for changes that cancel out, and nothing rolled back', (driver) => {
    driver.exec(tables)
    const changeset = record(driver, recorded, () => {
      driver.exec("INSERT INTO lines VALUES (5, 'x'); DELETE FROM lines WHERE id = 5")
      driver.exec('SAVEPOINT s; DELETE FROM lines; ROLLBACK TO s; RELEASE s')
    })
    expect(changeset.length).toBe(0)
    driver.apply(changeset)
    expect(driver.invert(changeset).length).toBe(0)
  })

  withDriver('gives what was recorded until now, several times', (driver) => {
    driver.exec(tables)
    const recorder = driver.record(recorded)
    expect(recorder.changeset().length).toBe(0)
    driver.exec('DELETE FROM lines WHERE id = 1')
    const first = recorder.changeset()
    driver.exec('DELETE FROM lines WHERE id = 2')
    const second = recorder.changeset()
    recorder.close()
    expect(second.length > first.length && first.length > 0).toBe(true)
    driver.apply(driver.invert(second))
    expect(driver.prepare('SELECT count(*) FROM lines').value()).toBe(2)
  })

  withDriver('applies nothing when a row conflicts', (driver) => {
    driver.exec(tables)
    const changeset = record(driver, recorded, () => changeMuch(driver))
    driver.apply(driver.invert(changeset))
    driver.exec("UPDATE pairs SET v = 'foreign'")
    const before = digest(driver)
    expect(codeOf(() => driver.apply(changeset))).toBe('storage/corrupt')
    expect(digest(driver)).toEqual(before)
  })

  withDriver('applies within a transaction, which can be rolled back', (driver) => {
    driver.exec(tables)
    const changeset = record(driver, recorded, () => changeMuch(driver))
    const after = digest(driver)
    const run = () =>
      driver.transaction(() => {
        driver.apply(driver.invert(changeset))
        throw new Error('stop')
      })
    expect(codeOf(run) instanceof Error).toBe(true)
    expect(digest(driver)).toEqual(after)
  })

  withDriver('refuses bytes that are no changeset', (driver) => {
    driver.exec(tables)
    const changeset = record(driver, recorded, () => changeMuch(driver))
    expect(codeOf(() => driver.apply(changeset.slice(0, changeset.length - 3)))).toBe('storage/corrupt')
    expect(codeOf(() => driver.invert(new Uint8Array([1, 2, 3])))).toBe('storage/corrupt')
  })

  withDriver('opens an image of itself, with statements compiled before', (driver) => {
    driver.exec(tables)
    const count = driver.prepare('SELECT count(*) FROM lines')
    const image = driver.serialize()
    const before = digest(driver)
    driver.exec('DELETE FROM lines; DROP TABLE other; CREATE TABLE other (id INTEGER PRIMARY KEY)')
    expect(count.value()).toBe(0)
    driver.deserialize(image)
    expect(count.value()).toBe(2)
    expect(digest(driver)).toEqual(before)
    driver.exec("INSERT INTO lines VALUES (3, 'three')")
    expect(count.value()).toBe(3)
  })

  withDriver('grows an image that was opened', (driver) => {
    driver.exec(tables)
    driver.deserialize(driver.serialize())
    driver.transaction(() => {
      const insert = driver.prepare('INSERT INTO lines (t) VALUES (?)')
      for (let n = 0; n < 2_000; n++) insert.run(['x'.repeat(500)])
    })
    expect(driver.prepare('SELECT count(*) FROM lines').value()).toBe(2_002)
  })

  withDriver('serializes an attached database and opens it as main', (driver) => {
    driver.exec(tables)
    driver.exec(`ATTACH ':memory:' AS scratch;
      CREATE TABLE scratch.lines (id INTEGER PRIMARY KEY, t TEXT) STRICT;
      INSERT INTO scratch.lines SELECT * FROM main.lines WHERE id = 2`)
    const image = driver.serialize('scratch')
    driver.exec('DETACH scratch')
    driver.deserialize(image)
    expect(driver.prepare('SELECT * FROM lines').rows()).toEqual([{ id: 2, t: 'two' }])
    expect(driver.prepare('SELECT count(*) FROM sqlite_schema').value()).toBe(1)
  })

  withDriver('opens an image as an attached database', (driver) => {
    driver.exec(tables)
    const image = driver.serialize()
    driver.exec("ATTACH ':memory:' AS scratch; DELETE FROM lines")
    driver.deserialize(image, 'scratch')
    expect(driver.prepare('SELECT count(*) FROM scratch.lines').value()).toBe(2)
    expect(driver.prepare('SELECT count(*) FROM main.lines').value()).toBe(0)
  })

  withDriver('opens the image of a WAL file', (driver) => {
    driver.exec(tables)
    const image = driver.serialize()
    image[18] = 2
    image[19] = 2
    driver.deserialize(image)
    expect(driver.prepare('SELECT count(*) FROM lines').value()).toBe(2)
    expect(image[18]).toBe(2)
  })

  withDriver('refuses bytes that are no database, and keeps the one it has', (driver) => {
    driver.exec(tables)
    for (const bytes of [new Uint8Array(0), new Uint8Array(4096), new Uint8Array(4096).fill(65)]) {
      expect(codeOf(() => driver.deserialize(bytes))).toBe('storage/corrupt')
    }
    expect(driver.prepare('SELECT count(*) FROM lines').value()).toBe(2)
  })
}
