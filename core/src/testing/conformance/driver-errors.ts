import { StoreError } from '../../base/errors.ts'
import type { DriverSuite } from './driver.ts'
import { codeOf, thrownBy } from './thrown.ts'

const table = 'CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER NOT NULL UNIQUE CHECK (n < 100)) STRICT'

const SQLITE_CONSTRAINT = 19

export function driverErrors({ withDriver, expect }: DriverSuite): void {
  withDriver('calls SQL that does not compile query/invalid and quotes it', (driver) => {
    for (const sql of ['SELEC 1', 'SELECT nothing', 'SELECT * FROM nowhere', 'SELECT "no such column"']) {
      expect(codeOf(() => driver.prepare(sql))).toBe('query/invalid')
      expect((thrownBy(() => driver.prepare(sql)) as Error).message.includes(sql)).toBe(true)
    }
  })

  withDriver('refuses empty SQL and a second statement', (driver) => {
    for (const sql of ['', '  ', '-- nothing', ';', 'SELECT 1; SELECT 2', 'SELECT 1; x']) {
      expect(codeOf(() => driver.prepare(sql))).toBe('query/invalid')
    }
    expect(driver.prepare('SELECT 1; -- done\n /* really */ ;').value()).toBe(1)
  })

  withDriver('calls a broken constraint materializer/failed, with the result code', (driver) => {
    driver.exec(table)
    const insert = driver.prepare('INSERT INTO t VALUES (?, ?)')
    insert.run(['a', 1])
    for (const binds of [
      ['a', 2],
      ['b', 1],
      ['c', null],
      ['d', 100],
      ['e', 'text'],
    ]) {
      const thrown = thrownBy(() => insert.run(binds))
      expect(thrown instanceof StoreError && thrown.code).toBe('materializer/failed')
      expect(((thrown as StoreError).details.sqlite as number) & 0xff).toBe(SQLITE_CONSTRAINT)
    }
  })

  withDriver('keeps a statement usable after its error, and undoes what it had done', (driver) => {
    driver.exec(table)
    const insert = driver.prepare('INSERT INTO t VALUES (?, ?), (?, ?)')
    expect(codeOf(() => insert.run(['a', 1, 'a', 2]))).toBe('materializer/failed')
    insert.run(['a', 1, 'b', 2])
    expect(driver.prepare('SELECT count(*) FROM t').value()).toBe(2)
  })

  withDriver('reports an error in the middle of the rows', (driver) => {
    const sql = 'SELECT CASE value WHEN 3 THEN json(?1) ELSE value END AS v FROM json_each(?2)'
    const statement = driver.prepare(sql)
    expect(codeOf(() => statement.rows(['{broken', '[1,2,3]']))).toBe('query/invalid')
    expect(codeOf(() => statement.row(['{broken', '[3]']))).toBe('query/invalid')
    expect(statement.values(['{"a":1}', '[1,3]'])).toEqual([[1], ['{"a":1}']])
  })

  withDriver('calls errors of exec by their kind too', (driver) => {
    driver.exec(table)
    expect(codeOf(() => driver.exec("INSERT INTO t VALUES ('a', 200)"))).toBe('materializer/failed')
  })

  withDriver('blames the environment, not the statement, when the database may not be written', (driver) => {
    driver.exec(table)
    driver.exec('PRAGMA query_only = 1')
    const insert = () => driver.prepare('INSERT INTO t VALUES (?, ?)').run(['a', 1])
    expect(codeOf(insert)).toBe('storage/io')
    driver.exec('PRAGMA query_only = 0')
    insert()
  })

  withDriver('calls a full database storage/full, rolls back and goes on', (driver) => {
    driver.exec('CREATE TABLE f (id INTEGER PRIMARY KEY, b BLOB) STRICT')
    driver.exec('PRAGMA max_page_count = 20')
    const insert = driver.prepare('INSERT INTO f (b) VALUES (?)')
    const fill = () => driver.transaction(() => insert.run([new Uint8Array(500_000)]))
    expect(codeOf(fill)).toBe('storage/full')
    expect(driver.prepare('SELECT count(*) FROM f').value()).toBe(0)
    driver.transaction(() => insert.run([new Uint8Array(10)]))
    expect(driver.prepare('SELECT count(*) FROM f').value()).toBe(1)
  })

  withDriver('throws store/closed after close; closing twice is fine', (driver) => {
    driver.exec(table)
    const statement = driver.prepare('SELECT 1')
    const recorder = driver.record(['t'])
    driver.close()
    driver.close()
    for (const use of [
      () => driver.exec('SELECT 1'),
      () => driver.prepare('SELECT 1'),
      () => statement.run(),
      () => statement.rows(),
      () => statement.values(),
      () => statement.value(),
      () => driver.transaction(() => 1),
      () => driver.record(['t']),
      () => recorder.changeset(),
      () => driver.apply(new Uint8Array(0)),
      () => driver.invert(new Uint8Array(0)),
      () => driver.serialize(),
      () => driver.deserialize(new Uint8Array(0)),
      () => driver.watch(null),
    ]) {
      expect(codeOf(use)).toBe('store/closed')
    }
    recorder.close()
  })
}
