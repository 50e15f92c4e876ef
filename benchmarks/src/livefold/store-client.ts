import { createStore, type Store } from '@livefold/core'
import { openWasmDriver, type Sqlite3Static, type SqliteDriver } from '@livefold/core/adapter'
import { memoryAdapter } from '@livefold/memory'
import initSqlite from '@sqlite.org/sqlite-wasm'
import type { Client, RebaseClient } from '../suite/contestant.ts'
import type { Change, Item } from '../work/item.ts'
import { eventOf, items as itemTable, one, pageOf, schema } from '../work/schema.ts'
import { EventSource } from './event-source.ts'
import { ScriptedLeader } from './scripted-leader.ts'

/** Events of one commit while a store is filled. */
const FILL = 5_000

/** Fills a store; in commits of many events, since only the result matters. */
export async function fill(store: Store, changes: readonly Change[], settled: () => Promise<void>): Promise<void> {
  for (let i = 0; i < changes.length; i += FILL) {
    store.commit(...changes.slice(i, i + FILL).map(eventOf))
    await settled()
  }
}

const adding = (items: readonly Item[]): Change[] => items.map((item) => ({ kind: 'add', item }))

/** A whole store in one thread: session, channel with its cloning, leader in memory. */
export async function openLivefoldClient(items: readonly Item[]): Promise<Client> {
  // A production build: `development` would run each materializer twice.
  const store = await createStore({ schema, storeId: 'bench', adapter: memoryAdapter(), development: false })
  const settled = () => store.settled()
  await fill(store, adding(items), settled)
  return clientOf(store, settled)
}

/** The session's half alone: what the UI thread does when the leader has a thread of its own. */
export async function openSessionClient(items: readonly Item[]): Promise<Client> {
  const { store, settled } = await openSession(items)
  return clientOf(store, settled)
}

export async function openSessionRebase(items: readonly Item[], pending: readonly Change[]): Promise<RebaseClient> {
  const { store, leader } = await openSession(items)
  for (const change of pending) store.commit(eventOf(change))
  // The session sends at the end of the turn.
  await Promise.resolve()
  leader.acknowledge()
  const others = new EventSource('foreign000000000')
  return {
    burst(upstream) {
      const events = others.confirmed(upstream, leader.head)
      return () => leader.foreign(events)
    },
    items: () => store.query(itemTable.orderBy('id')),
    close: () => store.close(),
  }
}

async function openSession(items: readonly Item[]) {
  const leader = new ScriptedLeader(await replicaOpener())
  const store = await createStore({ schema, storeId: 'bench', adapter: leader.adapter, development: false })
  async function settled() {
    await Promise.resolve()
    leader.confirm()
  }
  await fill(store, adding(items), settled)
  return { store, leader, settled }
}

let opener: Promise<() => SqliteDriver> | null = null

function replicaOpener(): Promise<() => SqliteDriver> {
  opener ??= initSqlite().then((sqlite3) => () => openWasmDriver(sqlite3 as unknown as Sqlite3Static))
  return opener
}

function clientOf(store: Store, settled: () => Promise<void>): Client {
  return {
    read: (id) => store.query(one(id)),
    reader(id) {
      const definition = one(id)
      return () => store.query(definition)
    },
    page: (listId, before) => store.query(pageOf(listId, before)),
    commit: (changes) => void store.commit(...changes.map(eventOf)),
    settled,
    watch: (id, told) => void store.subscribe(one(id), told, { immediate: false }),
    close: () => store.close(),
  }
}
