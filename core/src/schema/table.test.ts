import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupBy } from '../sql/group-by.ts'
import { quoteName } from '../sql/identifier.ts'
import { anyText } from '../sql/testing/any-text.ts'
import { TestDatabase } from '../sql/testing/database.ts'
import { blob, boolean, integer, text } from './column.ts'
import { localTable, table } from './table.ts'
import { createTableSql } from './table-sql.ts'

const refusal = (message: string) =>
  expect.objectContaining({ code: 'schema/invalid', message: expect.stringContaining(message) })

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('table', () => {
  test('is STRICT and WITHOUT ROWID, unless the key is one integer column', () => {
    const byText = table('a', { id: text().primaryKey() })
    const byInteger = table('b', { id: integer().primaryKey() })
    const byTwo = table('c', { x: integer(), y: integer() }, { primaryKey: ['y', 'x'] })
    const database = new TestDatabase(byText, byInteger, byTwo)
    const listed = database.stored(
      "select name, wr, strict from pragma_table_list where schema = 'main' and name in ('a', 'b', 'c') order by name",
    )
    expect(listed).toEqual([
      ['a', 1, 1],
      ['b', 0, 1],
      ['c', 1, 1],
    ])
    expect(byTwo.primaryKey).toEqual(['y', 'x'])
    // One integer key is the row id itself: no second index.
    expect(database.stored("select count(*) from sqlite_schema where tbl_name = 'b' and type = 'index'")).toEqual([[0]])
  })

  test('makes its indexes, and knows whether one is UNIQUE', () => {
    const plain = table('plain', { id: text().primaryKey(), a: text(), b: text() }, { indexes: [['a', 'b'], ['b']] })
    const unique = table('uniq', { id: text().primaryKey(), a: text().unique(), b: text() }, { unique: [['a', 'b']] })
    const database = new TestDatabase(plain, unique)
    const indexes = (name: string) =>
      database.stored(
        `select l."unique", group_concat(i.name) from pragma_index_list(?) l, pragma_index_info(l.name) i where l.origin = 'c' group by l.name order by l.name`,
        [name],
      )
    expect(indexes('plain')).toEqual([
      [0, 'a,b'],
      [0, 'b'],
    ])
    expect(indexes('uniq')).toEqual([
      [1, 'a'],
      [1, 'a,b'],
    ])
    expect([plain.uniqueIndexes, unique.uniqueIndexes]).toEqual([false, true])
  })

  test('takes any Unicode name, and quotes it', () => {
    const name = anyText({ minLength: 1, maxLength: 20 }).filter(
      (one) => one.isWellFormed() && !one.includes('\0') && one !== '__proto__' && !/^(sqlite|livefold)_/i.test(one),
    )
    const odd = fc.oneof(
      name,
      fc.constantFrom('select', 'a"b', "a'b", '"; drop table x; --', 'a.b', 'rowid', 'constructor', '1', ' '),
    )
    const database = new TestDatabase()
    fc.assert(
      fc.property(odd, odd, odd, (tableName, key, column) => {
        fc.pre(key.toLowerCase() !== column.toLowerCase())
        const odd = table(
          tableName,
          { [key]: text().primaryKey(), [column]: text().nullable() },
          { indexes: [[column]] },
        )
        for (const statement of createTableSql(odd.ddl)) database.driver.exec(statement)
        database.write([odd.insert({ [key]: 'k' }), odd.update({ [column]: 'v' }).where({ [key]: 'k' })])
        expect(database.query(odd.where({ [column]: 'v' }).orderBy(column, 'desc'))).toEqual([
          { [key]: 'k', [column]: 'v' },
        ])
        expect(database.query(groupBy(odd, column).aggregate((of) => ({ 'n"': of.count() })))).toEqual([
          { [column]: 'v', 'n"': 1 },
        ])
        database.driver.exec(`drop table ${quoteName(tableName)}`)
      }),
      { numRuns: 100 },
    )
  })

  test.each<[string, string, () => unknown]>([
    ['sqlite_x', 'sqlite_', () => table('sqlite_x', { id: text().primaryKey() })],
    ['Livefold_x', 'livefold_', () => localTable('Livefold_x', { id: text().primaryKey() })],
    ['an empty name', 'a name is', () => table('', { id: text().primaryKey() })],
    ['a NUL in a name', 'NUL', () => table('a\0', { id: text().primaryKey() })],
    ['__proto__', '__proto__', () => table('t', { ['__proto__']: text().primaryKey() })],
    ['no key', '"t" has no primary key', () => table('t', { id: text() })],
    ['two keys', 'more than one primary key', () => table('t', { a: text().primaryKey(), b: text().primaryKey() })],
    ['a nullable key', '"id" cannot be nullable', () => table('t', { id: text().primaryKey().nullable() })],
    [
      'columns that differ in case',
      'tell apart: "id" and "ID"',
      () => table('t', { id: text().primaryKey(), ID: text() }),
    ],
    ['an index on no column', 'names "x"', () => table('t', { id: text().primaryKey() }, { indexes: [['x' as 'id']] })],
    ['an empty index', 'without columns', () => table('t', { id: text().primaryKey() }, { indexes: [[]] })],
    [
      'a default that does not fit',
      't.id must be a boolean',
      () =>
        table('t', {
          id: boolean()
            .primaryKey()
            .default(1 as never),
        }),
    ],
    ['a column from nowhere', '"id" of table "t"', () => table('t', { id: 'text' as never })],
  ])('refuses %s', (_, message, run) => {
    expect(thrownBy(run)).toEqual(refusal(message))
  })

  test('a column stands for itself, and an unknown one throws', () => {
    const files = table('files', { path: text().primaryKey(), content: blob() })
    expect(files.column('content')).toMatchObject({
      table: 'files',
      name: 'content',
      type: 'blob',
      place: 1,
      required: true,
    })
    expect(thrownBy(() => files.column('nope' as 'path'))).toEqual(refusal('no column "nope"'))
  })
})
