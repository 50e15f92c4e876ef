import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NewEvent } from '../schema/event.ts'
import type { AnyMaterializer } from '../schema/materializer.ts'
import type { AnySchema } from '../schema/schema.ts'
import { sql } from '../sql/tagged.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { counters, drafts, todoEvents as events, todoSchema, todos, withMaterializers } from '../testing/todo-schema.ts'
import { noWrites } from './commit-writes.ts'
import { digest } from './digest.ts'
import { Materialize } from './materialize.ts'
import { createStateTables } from './state-tables.ts'
import { Author } from './testing/author.ts'
import { rowsOf } from './testing/replay.ts'

let driver: SqliteDriver

beforeEach(() => {
  driver = openMemory()
  createStateTables(driver, todoSchema)
})

afterEach(() => driver.close())

/** Runs a commit whose first event has this materializer. */
function run(
  materializer: AnyMaterializer,
  given: readonly NewEvent[],
  options: { twice?: boolean; local?: boolean } = {},
) {
  const name = given[0]!.name
  const schema = withMaterializers(todoSchema, (one, of) => (of === name ? materializer : one))
  return commit(schema, given, options)
}

function commit(schema: AnySchema, given: readonly NewEvent[], options: { twice?: boolean; local?: boolean } = {}) {
  const materialize = new Materialize(driver, schema)
  const made = new Author(todoSchema, 's').commit(...given)
  return driver.transaction(() => materialize.commit(made, options.local ?? false, null, options.twice))
}

const put = events.todoPut({ id: 'a', title: 't', rank: 1 })
const draft = events.draftPut({ key: 'k', value: 1 })
const failed = (message: RegExp | string) =>
  expect.objectContaining({ code: 'materializer/failed', message: expect.stringMatching(message) })

describe('a commit', () => {
  test('LOG-3 applies whole or not at all', () => {
    const before = rowsOf(driver, todoSchema)
    const odd = events.counted({ id: 1, by: 1 })
    expect(() => commit(todoSchema, [put, odd, events.countedUnlessOdd({ id: 1 })])).toThrow(failed('counter 1 is odd'))
    expect(rowsOf(driver, todoSchema)).toEqual(before)
    const two = () => [counters.insert({ id: 1, value: 1 }), counters.insert({ id: 1, value: 2 })]
    expect(() => run(two, [put])).toThrow(failed(/UNIQUE/))
    expect(rowsOf(driver, todoSchema)).toEqual(before)
  })

  test.each([
    'insert or fail into counters values (1, 1), (2, 2)',
    'insert  OR\nRollback into counters values (1, 1), (2, 2)',
    'insert or/**/rollback into counters values (1, 1), (2, 2)',
    'insert or -- why\n /* or * not */ rollback into counters values (1, 1), (2, 2)',
  ])('LOG-3 STATE-2 that fails leaves nothing, and the transaction it stands in as it was: %s', (text) => {
    const raw: AnyMaterializer = () => sqlText(text) as never
    const schema = withMaterializers(todoSchema, (one, name) => (name === put.name ? raw : one))
    const materialize = new Materialize(driver, schema)
    const author = new Author(todoSchema, 's')
    driver.transaction(() => {
      materialize.commit(author.commit(events.counted({ id: 2, by: 1 })), false)
      expect(() => materialize.commit(author.commit(put), false)).toThrow(failed('v1.TodoPut'))
    })
    expect(rowsOf(driver, todoSchema).get('counters')).toEqual([[2, 1]])
  })

  test('each event of it reads what the ones before it wrote', () => {
    commit(todoSchema, [events.counted({ id: 1, by: 1 }), events.counted({ id: 1, by: 1 })])
    expect(rowsOf(driver, todoSchema).get('counters')).toEqual([[1, 4]])
  })

  test('LOG-3 with an event that the schema does not know has no effect, until a schema knows it', () => {
    const unknown: NewEvent = { name: 'v2.Unknown', args: {}, local: false }
    expect(commit(todoSchema, [put, unknown])).toBe(noWrites)
    expect(rowsOf(driver, todoSchema).get('todos')).toEqual([])
  })

  test('a failure of the medium is passed on as it is, also when SQLite rolled back everything', () => {
    const pages = Number(driver.prepare('PRAGMA page_count').value())
    driver.exec(`PRAGMA max_page_count = ${pages + 2}`)
    const many = Array.from({ length: 9 }, (_, i) => events.todoPut({ id: `${i}`, title: 'x'.repeat(5_000), rank: 0 }))
    expect(() => commit(todoSchema, many)).toThrow(expect.objectContaining({ code: 'storage/full' }))
    expect(rowsOf(driver, todoSchema).get('todos')).toEqual([])
  })
})

describe('purity', () => {
  test('STATE-4 a materializer that gives two results is an error that names it', () => {
    let calls = 0
    const impure: AnyMaterializer = ({ id }) => todos.upsert({ id, title: `call ${++calls}`, rank: 0 })
    expect(() => run(impure, [put], { twice: true })).toThrow(
      expect.objectContaining({ code: 'materializer/impure', message: expect.stringContaining('v1.TodoPut') }),
    )
    expect(rowsOf(driver, todoSchema).get('todos')).toEqual([])
    const pure: AnyMaterializer = ({ id }) => [todos.upsert({ id, title: 'same', rank: 0 })]
    expect(run(pure, [put], { twice: true })).toMatchObject({ pure: true })
  })

  test.each([
    'random()',
    'randomblob(4)',
    "datetime('now')",
    "strftime('%s', 'now')",
    'unixepoch()',
    'current_timestamp',
    'CURRENT_DATE',
    'changes()',
    'last_insert_rowid()',
    'sqlite_version()',
  ])('STATE-4 SQL that is not decided by its arguments is refused in writes and reads: %s', (expression) => {
    const text = `${expression} || ''`
    const writes: AnyMaterializer = () => sqlText(`update todos set title = ${text}`) as never
    expect(() => run(writes, [put])).toThrow(failed('gives another result each time'))
    const reads: AnyMaterializer = (_, ctx) => ctx.query(sqlText(`select ${text} as x`)) as never
    expect(() => run(reads, [put])).toThrow(failed('gives another result each time'))
  })

  test('STATE-4 a materializer cannot change the event’s args', () => {
    const place = events.placeTaken({ x: 'a', y: 1, note: ['b', 'a'] })
    const sorts: AnyMaterializer = ({ note }) => note.sort()
    expect(() => run(sorts, [place])).toThrow(failed(/read only|Cannot assign/))
  })

  test('STATE-4 a materializer’s query only reads', () => {
    const writes: AnyMaterializer = (_, ctx) =>
      ctx.query(sqlText("delete from todos where id = 'a' returning id")) as never
    commit(todoSchema, [put])
    expect(() => run(writes, [events.todoDone({ id: 'a', done: true })])).toThrow(failed('ctx.query only reads'))
    expect(rowsOf(driver, todoSchema).get('todos')).toHaveLength(1)
  })

  test.each([
    'drop table todos',
    'pragma user_version = 7',
    "attach ':memory:' as other",
    'begin',
    'create table x (y)',
  ])('STATE-4 a materializer only writes rows: %s is refused', (text) => {
    expect(() => run(() => sqlText(text) as never, [put])).toThrow(failed('is refused'))
  })

  test('a materializer that returns something else, or throws anything, has failed', () => {
    expect(() => run(() => 'rows' as never, [put])).toThrow(failed('not a write'))
    expect(() => run((() => Promise.resolve()) as never, [put])).toThrow(failed('synchronous'))
    const forgets = (() => {
      todos.insert({ id: 'a', title: 't', rank: 1 })
    }) as unknown as AnyMaterializer
    expect(() => run(forgets, [put])).toThrow(failed(/v1.TodoPut.+it returned nothing.+`return todos.insert/))
    const throws: AnyMaterializer = () => {
      throw undefined
    }
    expect(() => run(throws, [put])).toThrow(failed('v1.TodoPut'))
    const textless: AnyMaterializer = () => {
      throw Object.create(null)
    }
    expect(() => run(textless, [put])).toThrow(failed('v1.TodoPut'))
  })
})

describe('the two sides', () => {
  test('STATE-5 a synced event neither reads nor writes local tables', () => {
    expect(() => run(() => drafts.upsert({ key: 'k', value: 1 }) as never, [put])).toThrow(failed('"drafts"'))
    expect(() => run((_, ctx) => ctx.query(drafts.count()) as never, [put])).toThrow(failed('"drafts"'))
    expect(() => run(() => sqlText('delete from drafts') as never, [put])).toThrow(failed('"drafts"'))
  })

  test('STATE-5 a local event neither reads nor writes synced tables', () => {
    const local = { local: true }
    const reads: AnyMaterializer = (_, ctx) => ctx.query(todos.where({ id: 'a' }).first()) as never
    expect(() => run(() => todos.delete() as never, [draft], local)).toThrow(failed('"todos"'))
    expect(() => run(reads, [draft], local)).toThrow(failed('"todos"'))
  })

  test('STATE-5 a list that comes as JSON is nobody’s table', () => {
    commit(todoSchema, [put])
    const clears: AnyMaterializer = (_, ctx) => {
      expect(ctx.query(sqlText("select value from json_each('[1]')"))).toEqual([{ value: 1 }])
      return sqlText('delete from todos where id in (select value from json_each(\'["a"]\'))') as never
    }
    expect(run(clears, [events.doneCleared({})])).toMatchObject({ pure: false })
    expect(rowsOf(driver, todoSchema).get('todos')).toEqual([])
  })

  test('STATE-5 nobody touches Livefold’s own tables or SQLite’s', () => {
    driver.exec('CREATE TABLE livefold_meta (key TEXT PRIMARY KEY, value ANY)')
    expect(() => run(() => sqlText('delete from livefold_meta') as never, [put])).toThrow(failed('"livefold_meta"'))
    expect(() => run((_, ctx) => ctx.query(sqlText('select name from sqlite_schema')) as never, [put])).toThrow(
      failed('"sqlite_'),
    )
  })

  test('STATE-5 an event that another app version made synced leaves our local tables alone', () => {
    expect(commit(todoSchema, [draft], { local: false })).toBe(noWrites)
    expect(commit(todoSchema, [put], { local: true })).toBe(noWrites)
    expect(rowsOf(driver, todoSchema).get('drafts')).toEqual([])
  })
})

describe('digest', () => {
  test('tells apart what differs, and nothing else', () => {
    const tables = todoSchema.syncedTables
    const empty = digest(driver, tables)
    commit(todoSchema, [put])
    const one = digest(driver, tables)
    expect(one).not.toBe(empty)
    expect(digest(driver, [...tables].reverse())).toBe(one)
    driver.exec("UPDATE todos SET title = '1', rank = NULL")
    const text = digest(driver, tables)
    driver.exec("UPDATE todos SET title = 'null', rank = 1")
    expect(new Set([empty, one, text, digest(driver, tables)]).size).toBe(4)
  })
})

function sqlText(text: string) {
  return sql([text] as unknown as TemplateStringsArray)
}
