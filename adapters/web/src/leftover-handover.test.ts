import { getEventListeners } from 'node:events'
import { defineEvents, defineSchema, event, table, text } from '@livefold/core'
import { hostClock, hostRandom, LeaderHost, openWasmDriver, type Sqlite3Static } from '@livefold/core/adapter'
import * as parts from '@livefold/core/leader-parts'
import initSqlite from '@sqlite.org/sqlite-wasm'
import { expect, test } from 'vitest'
import { LeaderLines } from './leader-lines.ts'
import { handOver } from './leftover-handover.ts'
import { storeNames } from './store-names.ts'

const anything = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const
const notes = table('notes', { id: text().primaryKey() })
const schema = defineSchema({
  version: 1,
  tables: { notes },
  events: defineEvents({ noted: event('v1.Noted', anything) }),
  materializers: { noted: (args) => notes.insert(args as { id: string }) },
})

function commit(n: number) {
  const record = { id: `left.${n}`, name: 'v1.Noted', args: { id: `${n}` }, clientId: 'c', sessionId: 'left' }
  return { local: false, events: [{ ...record, parent: 0, at: n }] }
}

test('BND-1 a delivery leaves no listener with the session that it is part of', async () => {
  const sqlite3 = (await initSqlite()) as unknown as Sqlite3Static
  const names = storeNames('handed-over')
  const clock = hostClock(globalThis)
  const lines = new LeaderLines(names, () => {})
  const openMemory = () => openWasmDriver(sqlite3)
  const options = { storeId: names.storeId, schema, driver: openMemory(), openMemory, clock, parts }
  const host = new LeaderHost({ ...options, random: hostRandom(globalThis), storage: 'persisted' })
  await host.opened
  lines.lead(host)
  const { signal } = new AbortController()
  const given = { names, schema, clock, signal }
  expect(await handOver({ ...given, line: 'one', commits: [commit(1), commit(2)] })).toBe(true)
  expect(await handOver({ ...given, line: 'two', commits: [commit(2), commit(3)] })).toBe(true)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  await host.close()
  lines.close()
})
