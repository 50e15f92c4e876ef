import type { SqlValue } from '../../sqlite/driver.ts'
import type { DriverSuite } from './driver.ts'
import { codeOf } from './thrown.ts'

/** One value of each kind that a driver may get wrong, and what comes back. */
const roundTrips: readonly (readonly [name: string, given: SqlValue, type: string, back?: SqlValue])[] = [
  ['null', null, 'null'],
  ['zero', 0, 'integer'],
  ['a negative integer', -7, 'integer'],
  ['the largest 32-bit integer and one more', 2 ** 31, 'integer'],
  ['the least 32-bit integer and one less', -(2 ** 31) - 1, 'integer'],
  ['2^53 − 1', 2 ** 53 - 1, 'integer'],
  ['−2^53 + 1', -(2 ** 53) + 1, 'integer'],
  ['−2^53 as bigint', -(2n ** 53n), 'integer'],
  ['2^53 as bigint', 2n ** 53n, 'integer'],
  ['2^53 + 1 as bigint', 2n ** 53n + 1n, 'integer'],
  ['the largest 64-bit integer', 2n ** 63n - 1n, 'integer'],
  ['the least 64-bit integer', -(2n ** 63n), 'integer'],
  ['a small bigint, back as a number', 5n, 'integer', 5],
  ['a number beyond 2^53, as a real', 2 ** 60, 'real'],
  ['a real', 0.1, 'real'],
  ['a tiny real', 5e-324, 'real'],
  ['Infinity', Number.POSITIVE_INFINITY, 'real'],
  ['−Infinity', Number.NEGATIVE_INFINITY, 'real'],
  ['the empty string', '', 'text'],
  ['ASCII', 'hello', 'text'],
  ['text of many lengths of sequences', 'aé€😀z', 'text'],
  ['a byte order mark', '\ufeffstart', 'text'],
  ['a replacement character', 'a\ufffdb', 'text'],
  ['text with an embedded NUL', 'a\0b\0', 'text'],
  ['long ASCII', 'abcdefghij'.repeat(30_000), 'text'],
  ['long text beyond ASCII', 'añ😀'.repeat(50_000), 'text'],
  ['an empty blob', new Uint8Array(0), 'blob'],
  ['a blob', new Uint8Array([0, 1, 127, 128, 255]), 'blob'],
  ['a part of a buffer', new Uint8Array([9, 1, 2, 9]).subarray(1, 3), 'blob', new Uint8Array([1, 2])],
  ['a long blob', new Uint8Array(200_000).fill(7), 'blob'],
]

export function driverValues({ withDriver, expect }: DriverSuite): void {
  for (const [name, given, type, back = given] of roundTrips) {
    withDriver(`keeps ${name}`, (driver) => {
      const read = driver.prepare('SELECT ?1 AS v, typeof(?1) AS t')
      expect(read.rows([given])).toEqual([{ v: back, t: type }])
      expect(read.values([given])).toEqual([[back, type]])
      expect(driver.prepare('SELECT ?').value([given])).toEqual(back)
      driver.exec('CREATE TABLE any (id INTEGER PRIMARY KEY, v ANY) STRICT')
      driver.prepare('INSERT INTO any VALUES (1, ?)').run([given])
      expect(driver.prepare('SELECT v, typeof(v) FROM any').values()).toEqual([[back, type]])
    })
  }

  withDriver('binds integral numbers as integers: 5 / 2 is 2', (driver) => {
    expect(driver.prepare('SELECT ? / 2').value([5])).toBe(2)
    expect(driver.prepare('SELECT ? / 2').value([5.5])).toBe(2.75)
    expect(driver.prepare('SELECT ? / 2').value([2 ** 40 + 1])).toBe(2 ** 39)
  })

  withDriver('takes −0 as the integer 0', (driver) => {
    expect(Object.is(driver.prepare('SELECT ?').value([-0]), 0)).toBe(true)
  })

  withDriver('stores an integral number in a REAL column as a real', (driver) => {
    driver.exec('CREATE TABLE r (v REAL) STRICT')
    driver.prepare('INSERT INTO r VALUES (?)').run([3])
    expect(driver.prepare('SELECT v, typeof(v) FROM r').values()).toEqual([[3, 'real']])
  })

  withDriver('refuses NaN, which SQLite would store as NULL', (driver) => {
    expect(codeOf(() => driver.prepare('SELECT ?').value([Number.NaN]))).toBe('query/invalid')
  })

  withDriver('refuses what SQLite has no type for, and integers beyond 64 bits', (driver) => {
    const echo = driver.prepare('SELECT ?')
    for (const value of [undefined, true, {}, [], new Date(0), Symbol('s'), 2n ** 63n, -(2n ** 63n) - 1n]) {
      expect(codeOf(() => echo.value([value as SqlValue]))).toBe('query/invalid')
    }
    expect(echo.value(['after'])).toBe('after')
  })

  withDriver('replaces lone surrogates, which UTF-8 cannot hold', (driver) => {
    expect(driver.prepare('SELECT ?').value(['a\ud800b'])).toBe('a\ufffdb')
  })

  withDriver('keeps small and large integers of one column apart', (driver) => {
    const rows = driver.prepare('SELECT 1 AS n UNION ALL SELECT 9007199254740993 UNION ALL SELECT 3').rows()
    expect(rows).toEqual([{ n: 1 }, { n: 9007199254740993n }, { n: 3 }])
  })

  withDriver('reads texts of one result each on its own, also when some are damaged', (driver) => {
    const sql = `SELECT 'ab' UNION ALL SELECT ? UNION ALL SELECT CAST(x'e282' AS TEXT) UNION ALL SELECT CAST(x'ac62' AS TEXT) UNION ALL SELECT 'c'`
    expect(driver.prepare(sql).values(['€'])).toEqual([['ab'], ['€'], ['\ufffd'], ['\ufffdb'], ['c']])
    const halves = `SELECT 'é', CAST(x'e282' AS TEXT), CAST(x'ac' AS TEXT), 'é'`
    expect(driver.prepare(halves).values()).toEqual([['é', '\ufffd', '\ufffd', 'é']])
  })

  withDriver('reads large results whole', (driver) => {
    driver.exec('CREATE TABLE big (id INTEGER PRIMARY KEY, a TEXT, b TEXT, n INTEGER) STRICT')
    driver.exec(`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 20000)
      INSERT INTO big SELECT i, 'row ' || i, CASE WHEN i % 100 = 0 THEN 'ü' || i ELSE NULL END, i * 3 FROM c`)
    const rows = driver.prepare('SELECT id, a, b, n FROM big ORDER BY id').rows()
    expect(rows.length).toBe(20_000)
    const wrong = rows.filter((row, at) => {
      const id = at + 1
      const b = id % 100 === 0 ? `ü${id}` : null
      return row.id !== id || row.a !== `row ${id}` || row.b !== b || row.n !== id * 3
    })
    expect(wrong).toEqual([])
  })

  withDriver('reads results with texts of very different lengths', (driver) => {
    const texts = [1, 60_000, 0, 7_000, 9_000, 70_000, 3, 8_192, 8_193, 63, 64, 65].map((size) =>
      String(size % 10).repeat(size),
    )
    const sql = texts.map(() => 'SELECT ?').join(' UNION ALL ')
    const read = driver.prepare(sql).values(texts)
    expect(read.map(([text]) => (text as string).length)).toEqual(texts.map((text) => text.length))
    expect(read.every(([text], at) => text === texts[at])).toBe(true)
  })

  withDriver('reads rows of many long texts, and leaves all memory but its own alone', (driver) => {
    const texts = Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 'é' : String(i % 10)).repeat(4_000 - i))
    const names = texts.map((_, i) => `c${i} TEXT`)
    driver.exec(`CREATE TABLE wide (id INTEGER PRIMARY KEY, ${names.join(', ')}) STRICT`)
    const insert = driver.prepare(`INSERT INTO wide VALUES (?, ${texts.map(() => '?').join(', ')})`)
    for (let id = 0; id < 20; id++) insert.run([id, ...texts])
    const wrong = () =>
      driver
        .prepare('SELECT * FROM wide')
        .values()
        .filter(([, ...read]) => read.some((text, i) => text !== texts[i])).length
    for (let round = 0; round < 5; round++) {
      expect(wrong()).toBe(0)
      // Statements that take memory which a write beyond the buffer would have spoilt.
      for (let n = 0; n < 20; n++) expect(driver.prepare(`SELECT ${n} + ${round}`).value()).toBe(n + round)
      expect(driver.prepare(`SELECT * FROM wide WHERE id = ${round}`).rows().length).toBe(1)
    }
    expect(driver.prepare('PRAGMA integrity_check').value()).toBe('ok')
  })
}
