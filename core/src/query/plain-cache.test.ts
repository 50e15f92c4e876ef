import { effect } from '@preact/signals-core'
import { expect, it } from 'vitest'
import { integer, text } from '../schema/column.ts'
import { table } from '../schema/table.ts'
import { inspectionsOf } from './inspection.ts'
import { QueryEngine, type QueryEngineOptions } from './query-engine.ts'
import { queryParts } from './testing/query-parts.ts'
import { TestHost } from './testing/test-host.ts'

const todos = table('todos', { id: text().primaryKey(), rank: integer() })
const todo = (id: string, rank = 0) => todos.insert({ id, rank })
const at = (id: string) => todos.where({ id }).first()

/** An engine whose parts come when they are said to be there. */
function open(options: QueryEngineOptions = {}) {
  const host = new TestHost([todos])
  let loaded = false
  const engine = new QueryEngine(host, { ...options, parts: () => (loaded ? queryParts : null) })
  const load = () => {
    loaded = true
  }
  return { host, engine, load, kept: () => inspectionsOf(engine).length }
}

it('BND-1 without its parts an engine keeps a bounded number of queries that nobody observes, and of their rows', () => {
  const { host, engine, kept } = open({ cacheSize: 4, cacheRows: 30 })
  host.commit(...Array.from({ length: 10 }, (_, i) => todo(`t${i}`, i)))
  const stop = engine.subscribe(at('t0'), () => {})
  for (let i = 0; i < 20; i++) {
    engine.query(at(`t${i}`))
    expect(kept()).toBeLessThanOrEqual(5)
  }
  for (let i = 0; i < 20; i++) {
    engine.query(todos.where('rank', '>=', -i))
    // Four lists of ten rows are more than thirty; the observed one counts for itself.
    expect(kept()).toBeLessThanOrEqual(5)
  }
  stop()
  expect(kept()).toBeGreaterThan(1)
  engine.close()
  expect(kept()).toBe(0)
})

it('QRY-1 a signal of a query that was dropped without parts stays fresh', () => {
  const { host, engine } = open({ cacheSize: 1 })
  const count = engine.signal(todos.count())
  expect(count.value).toBe(0)
  for (const id of ['a', 'b']) engine.query(at(id))
  host.commit(todo('a'))
  expect(count.value).toBe(1)
})

it('QRY-2 queries stay what they are when the parts come', () => {
  const { host, engine, load, kept } = open()
  host.commit(todo('a'), todo('b'))
  const heard: unknown[] = []
  const seen: unknown[] = []
  const stop = engine.subscribe(todos, (rows) => heard.push(rows))
  const stopEffect = effect(() => void seen.push(engine.signal(todos.count()).value))
  const row = engine.query(at('a'))
  load()
  expect(engine.query(at('a'))).toBe(row)
  expect(engine.query(todos)).toBe(heard[0])
  expect(kept()).toBe(3)
  host.commit(todo('c'))
  host.commit(todo('d'))
  expect([heard.length, seen]).toEqual([3, [2, 3, 4]])
  expect(engine.query(at('a'))).toBe(row)
  stop()
  stopEffect()
  expect(inspectionsOf(engine).map(({ observed }) => observed)).toEqual([false, false, false])
})
