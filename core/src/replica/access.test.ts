import { afterAll, describe, expect, test } from 'vitest'
import { openMemory } from '../testing/open-wasm.ts'
import { todoSchema } from '../testing/todo-schema.ts'
import { queryAccess } from './access.ts'
import { createStateTables } from './state-tables.ts'

const driver = openMemory()
createStateTables(driver, todoSchema)
afterAll(() => driver.close())

describe('a query', () => {
  test.each([
    "select random(), 'x'",
    'select randomblob(8)',
    "select date('now')",
    "select time('now')",
    "select julianday('now')",
    'select current_time',
    "select timediff('now', '2000-01-01')",
    'select total_changes()',
    'select title from todos order by random()',
    'select count(*) from todos where rank > unixepoch()',
    'with recursive n(i) as (select 1 union all select i + 1 from n limit 3) select random() from n',
  ])('STATE-4 is decided by the state alone: %s is refused', (sql) => {
    expect(() => driver.prepare(sql, queryAccess).values()).toThrow(
      expect.objectContaining({ code: 'query/invalid', message: expect.stringContaining('another result each time') }),
    )
  })

  test.each([
    "insert into todos (id, title) values ('a', 'b') returning id",
    'delete from todos returning id',
    "update todos set title = '' returning id",
    "attach ':memory:' as other",
    'pragma user_version',
    "select * from pragma_table_info('todos')",
    'create temp table t (x)',
    'begin',
  ])('only reads: %s is refused', (sql) => {
    expect(() => driver.prepare(sql, queryAccess).values()).toThrow(expect.objectContaining({ code: 'query/invalid' }))
  })

  test.each([
    'select count(*), max(rank) from todos',
    'with t as (select id from todos) select count(*) from t',
    'with recursive n(i) as (select 1 union all select i + 1 from n limit 3) select i from n',
    "select key, value from json_each('[1, 2]')",
    "select upper(title) || coalesce(rank, '') from todos where title like 'a%' group by done",
  ])('may use whatever else SQL has: %s', (sql) => {
    expect(() => driver.prepare(sql, queryAccess).values()).not.toThrow()
  })
})
