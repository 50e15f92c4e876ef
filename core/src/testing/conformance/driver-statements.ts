import type { Access, Binds, RowShape } from '../../sqlite/driver.ts'
import type { DriverSuite } from './driver.ts'
import { codeOf, thrownBy } from './thrown.ts'

const people = `CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL, age INTEGER) STRICT, WITHOUT ROWID;
  INSERT INTO people VALUES ('a', 'Ann', 30), ('b', 'Bob', NULL), ('c', 'Cyd', 50);
  CREATE TABLE pets (id TEXT PRIMARY KEY, owner TEXT, kind TEXT) STRICT, WITHOUT ROWID;
  INSERT INTO pets VALUES ('x', 'a', 'cat')`

const readOnly: Access = {
  name: 'read-only',
  // SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION
  refuse: ({ code }) => (code === 21 || code === 20 || code === 31 ? null : `it is not a read (action ${code})`),
}

export function driverStatements({ withDriver, expect }: DriverSuite): void {
  withDriver('names the result columns; a write has none', (driver) => {
    driver.exec(people)
    expect(driver.prepare('SELECT id, age + 1 AS next FROM people').columns).toEqual(['id', 'next'])
    expect(driver.prepare('DELETE FROM people').columns).toEqual([])
  })

  withDriver('gives no rows as an empty list', (driver) => {
    driver.exec(people)
    const none = driver.prepare('SELECT id FROM people WHERE id = ?')
    expect(none.rows(['zz'])).toEqual([])
    expect(none.values(['zz'])).toEqual([])
    expect(none.value(['zz'])).toBe(undefined)
  })

  withDriver('gives plain objects with the columns in order', (driver) => {
    driver.exec(people)
    const rows = driver.prepare('SELECT name, id FROM people ORDER BY id').rows()
    expect(rows.map((row) => Object.keys(row))).toEqual([
      ['name', 'id'],
      ['name', 'id'],
      ['name', 'id'],
    ])
    expect(rows.map((row) => Object.getPrototypeOf(row) === Object.prototype)).toEqual([true, true, true])
  })

  withDriver('renames and decodes by a shape, never null', (driver) => {
    driver.exec(people)
    const shape: RowShape = [
      { name: 'key', decode: null },
      { name: 'years', decode: (value) => `${value} years` },
    ]
    expect(driver.prepare('SELECT id, age FROM people ORDER BY id').rows([], shape)).toEqual([
      { key: 'a', years: '30 years' },
      { key: 'b', years: null },
      { key: 'c', years: '50 years' },
    ])
  })

  withDriver('refuses a shape with another number of columns', (driver) => {
    expect(codeOf(() => driver.prepare('SELECT 1, 2').rows([], [{ name: 'a', decode: null }]))).toBe('query/invalid')
  })

  withDriver('passes on what a decoder throws, and goes on working', (driver) => {
    const error = new Error('no')
    const statement = driver.prepare('SELECT 1 UNION ALL SELECT 2')
    const shape: RowShape = [
      {
        name: 'n',
        decode: () => {
          throw error
        },
      },
    ]
    expect(thrownBy(() => statement.rows([], shape))).toBe(error)
    expect(statement.values()).toEqual([[1], [2]])
  })

  withDriver('refuses a column that would change the prototype of rows', (driver) => {
    expect(codeOf(() => driver.prepare('SELECT 1 AS "__proto__"').rows())).toBe('query/invalid')
  })

  withDriver('runs what gives rows and what gives none, each to its end', (driver) => {
    driver.exec(people)
    const changed = (sql: string, binds: Binds = []): unknown => {
      const before = driver.prepare('SELECT total_changes()').value()
      driver.prepare(sql).run(binds)
      return Number(driver.prepare('SELECT total_changes()').value()) - Number(before)
    }
    expect(changed('UPDATE people SET name = ? WHERE age > ?', ['X', 10])).toBe(2)
    expect(changed('UPDATE people SET name = ? WHERE age > ?', ['X', 100])).toBe(0)
    expect(changed("INSERT OR IGNORE INTO people VALUES ('a', 'A', 1), ('d', 'D', 1)")).toBe(1)
    expect(changed('DELETE FROM people RETURNING id')).toBe(4)
    expect(changed('CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT')).toBe(0)
    expect(changed('SELECT 1 UNION ALL SELECT 2')).toBe(0)
  })

  withDriver('gives the rows of RETURNING, after writing them all', (driver) => {
    driver.exec(people)
    const insert = driver.prepare("INSERT INTO pets VALUES (?, 'b', 'dog'), (?, 'c', 'eel') RETURNING id, kind")
    expect(insert.rows(['y', 'z'])).toEqual([
      { id: 'y', kind: 'dog' },
      { id: 'z', kind: 'eel' },
    ])
    expect(driver.prepare('DELETE FROM pets RETURNING 9007199254740993').value()).toBe(9007199254740993n)
    expect(driver.prepare('SELECT count(*) FROM pets').value()).toBe(0)
  })

  withDriver('finds the same statement again by text and access', (driver) => {
    const free = driver.prepare('SELECT 1')
    const restricted = driver.prepare('SELECT 1', readOnly)
    expect(free === restricted).toBe(false)
    expect(driver.prepare('SELECT 1')).toBe(free)
    expect(driver.prepare('SELECT 1', readOnly)).toBe(restricted)
  })

  withDriver('forgets values bound before', (driver) => {
    const echo = driver.prepare('SELECT ?1, ?2')
    expect(echo.values(['long text that is bound first', 1])).toEqual([['long text that is bound first', 1]])
    expect(echo.values([null, 'x'])).toEqual([[null, 'x']])
  })

  withDriver('refuses a wrong number of values', (driver) => {
    const two = driver.prepare('SELECT ?, ?')
    expect(codeOf(() => two.rows([1]))).toBe('query/invalid')
    expect(codeOf(() => two.rows([1, 2, 3]))).toBe('query/invalid')
    expect(codeOf(() => two.rows())).toBe('query/invalid')
    expect(two.values([1, 2])).toEqual([[1, 2]])
  })

  withDriver('counts parameters by their numbers, and none within strings, names and comments', (driver) => {
    const sql = `SELECT ?2, ?1, '?''?' AS "a?" /* ? */ -- ?`
    expect(driver.prepare(sql).values(['one', 'two'])).toEqual([['two', 'one', "?'?"]])
    for (const named of ['SELECT :a', 'SELECT @b', 'SELECT $c']) {
      expect(codeOf(() => driver.prepare(named))).toBe('query/invalid')
    }
  })

  withDriver('keeps working with more statements than the cache holds, also with ones held', (driver) => {
    driver.exec(people)
    const held = driver.prepare('SELECT name FROM people WHERE id = ?')
    expect(held.value(['a'])).toBe('Ann')
    for (let n = 0; n < 1_500; n++) expect(driver.prepare(`SELECT ${n}`).value()).toBe(n)
    expect(held.value(['b'])).toBe('Bob')
    expect(held.columns).toEqual(['name'])
    expect(held.reads).toEqual([
      { table: 'people', column: 'name' },
      { table: 'people', column: 'id' },
    ])
  })

  withDriver('sees a changed schema in statements compiled before', (driver) => {
    driver.exec(people)
    const all = driver.prepare('SELECT * FROM pets')
    expect(all.rows()).toEqual([{ id: 'x', owner: 'a', kind: 'cat' }])
    driver.exec('ALTER TABLE pets ADD COLUMN weight INTEGER DEFAULT 4')
    expect(all.rows()).toEqual([{ id: 'x', owner: 'a', kind: 'cat', weight: 4 }])
    expect(all.columns).toEqual(['id', 'owner', 'kind', 'weight'])
  })

  withDriver('tells every table and column read', (driver) => {
    driver.exec(people)
    driver.exec('CREATE VIEW names AS SELECT name FROM people')
    const reads = (sql: string) =>
      driver
        .prepare(sql, readOnly)
        .reads.map(({ table, column }) => `${table}.${column}`)
        .sort()
    expect(reads('SELECT name FROM people WHERE age > 1')).toEqual(['people.age', 'people.name'])
    expect(reads('SELECT count(*) FROM people')).toEqual(['people.'])
    expect(reads('SELECT 1')).toEqual([])
    expect(reads('SELECT id FROM people WHERE EXISTS (SELECT 1 FROM pets WHERE owner = people.id)')).toEqual([
      'people.id',
      'pets.owner',
    ])
    expect(reads('SELECT name FROM people JOIN pets ON owner = people.id ORDER BY kind')).toEqual([
      'people.id',
      'people.name',
      'pets.kind',
      'pets.owner',
    ])
    expect(reads('SELECT name FROM names').includes('people.name')).toBe(true)
    expect(reads('SELECT (SELECT count(*) FROM pets) AS n FROM people').includes('pets.')).toBe(true)
    expect(reads('SELECT name FROM people WHERE age > 1')).toEqual(['people.age', 'people.name'])
  })

  withDriver('refuses what the access refuses, with its reason, and lets the rest pass', (driver) => {
    driver.exec(people)
    for (const sql of [
      'DELETE FROM people',
      "UPDATE people SET name = 'x'",
      'CREATE TABLE t (a)',
      'PRAGMA user_version',
    ]) {
      expect(codeOf(() => driver.prepare(sql, readOnly))).toBe('query/invalid')
      const message = (thrownBy(() => driver.prepare(sql, readOnly)) as Error).message
      expect(message.includes('it is not a read')).toBe(true)
    }
    expect(driver.prepare('SELECT count(*) FROM people', readOnly).value()).toBe(3)
    driver.prepare('DELETE FROM people').run()
    expect(driver.prepare('SELECT count(*) FROM people', readOnly).value()).toBe(0)
  })

  withDriver('refuses tables and functions by name', (driver) => {
    driver.exec(people)
    const access: Access = {
      name: 'no pets, no random',
      refuse: ({ code, first, second }) => {
        if (code === 20 && first === 'pets') return 'pets are private'
        return code === 31 && second === 'random' ? 'random() gives another value each time' : null
      },
    }
    expect(driver.prepare('SELECT max(age) FROM people', access).value()).toBe(50)
    expect(codeOf(() => driver.prepare('SELECT * FROM people, pets', access))).toBe('query/invalid')
    expect(codeOf(() => driver.prepare('SELECT random()', access))).toBe('query/invalid')
    expect((thrownBy(() => driver.prepare('SELECT random()', access)) as Error).message.includes('another value')).toBe(
      true,
    )
  })

  withDriver('refuses when the access throws', (driver) => {
    const broken: Access = {
      name: 'broken',
      refuse: () => {
        throw new Error('access is broken')
      },
    }
    expect(codeOf(() => driver.prepare('SELECT 1', broken))).toBe('query/invalid')
    expect(driver.prepare('SELECT 1').value()).toBe(1)
  })

  withDriver('lets SQLite compile a refused-for-others statement again after a change of the schema', (driver) => {
    driver.exec(people)
    const count = driver.prepare('SELECT count(*) FROM people', readOnly)
    expect(count.value()).toBe(3)
    driver.exec('CREATE TABLE later (id INTEGER PRIMARY KEY)')
    expect(count.value()).toBe(3)
  })

  withDriver('commits a transaction and gives its result', (driver) => {
    driver.exec(people)
    const result = driver.transaction(() => {
      driver.prepare('DELETE FROM pets').run()
      return 'done'
    })
    expect(result).toBe('done')
    expect(driver.prepare('SELECT count(*) FROM pets').value()).toBe(0)
  })

  withDriver('rolls a transaction back when it throws, and passes the error on', (driver) => {
    driver.exec(people)
    const error = new Error('stop')
    const run = () =>
      driver.transaction(() => {
        driver.prepare('DELETE FROM people').run()
        throw error
      })
    expect(thrownBy(run)).toBe(error)
    expect(driver.prepare('SELECT count(*) FROM people').value()).toBe(3)
    expect(driver.transaction(() => 1)).toBe(1)
  })

  withDriver('refuses a transaction within one, and rolls back the outer', (driver) => {
    driver.exec(people)
    const run = () =>
      driver.transaction(() => {
        driver.prepare('DELETE FROM people').run()
        driver.transaction(() => {})
      })
    expect((thrownBy(run) as Error).message.includes('transaction')).toBe(true)
    expect(driver.prepare('SELECT count(*) FROM people').value()).toBe(3)
  })

  withDriver('undoes to an open savepoint again and again', (driver) => {
    driver.exec(people)
    const digest = () => driver.prepare('SELECT * FROM people ORDER BY id').values()
    const before = digest()
    driver.exec('SAVEPOINT base')
    for (let round = 0; round < 3; round++) {
      driver.prepare('DELETE FROM people WHERE age > ?').run([20])
      driver.prepare('INSERT INTO people VALUES (?, ?, ?)').run([`n${round}`, 'New', round])
      driver.exec('ROLLBACK TO base')
      expect(digest()).toEqual(before)
    }
  })

  withDriver('drops tables, views and indexes', (driver) => {
    driver.exec(people)
    driver.exec('CREATE VIEW names AS SELECT name FROM people; CREATE INDEX by_age ON people (age)')
    driver.exec('DROP INDEX by_age; DROP VIEW names; DROP TABLE people')
    driver.prepare('DROP TABLE pets').run()
    expect(driver.prepare('SELECT count(*) FROM sqlite_schema').value()).toBe(0)
  })
}
