import { createStore, inspect, sql } from '@livefold/core'
import { memoryAdapter } from '@livefold/memory'
import { expect, it } from 'vitest'
import { itemAt } from '../work/item.ts'
import { byTitle, items, one, pageOf, schema } from '../work/schema.ts'
import {
  CREATE_ITEMS,
  INSERT_ITEM,
  MARK_ITEM,
  RENAME_ITEM,
  SELECT_BY_TITLE,
  SELECT_ITEM,
  SELECT_PAGE,
} from './statements.ts'

it('raw runs the very statements that Livefold runs', async () => {
  expect(items.insert(itemAt(1)).toWrite()?.sql).toBe(INSERT_ITEM)
  expect(items.update({ title: 'x' }).where({ id: 'a' }).toWrite()?.sql).toBe(RENAME_ITEM)
  expect(items.update({ done: true }).where({ id: 'a' }).toWrite()?.sql).toBe(MARK_ITEM)
  const store = await createStore({ schema, storeId: 'statements', adapter: memoryAdapter() })
  const made = sql`select sql from sqlite_schema where tbl_name = 'items' and sql is not null order by rowid`
  expect(store.query(made)).toEqual(CREATE_ITEMS.map((text) => ({ sql: text })))
  // A row or a short list that is read once leaves no live query.
  for (let read = 0; read < 2; read++) {
    store.query(one('a'))
    store.query(pageOf('b', 1))
    store.query(byTitle(1))
  }
  const ran = inspect(store).map((query) => query.sql)
  expect(new Set(ran.filter((text) => text.includes('items".')))).toEqual(
    new Set([SELECT_ITEM, SELECT_PAGE, SELECT_BY_TITLE]),
  )
  await store.close()
})
