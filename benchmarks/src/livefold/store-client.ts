import { createStore, inspect, observe, type Store } from '@livefold/core'
import { memoryAdapter } from '@livefold/memory'
import type { Client, LiveList, RebaseClient } from '../suite/contestant.ts'
import type { Change, Item } from '../work/item.ts'
import {
  byTitle,
  eventOf,
  items as itemTable,
  materialized,
  one,
  pageOf,
  schema,
  sorted,
  totals,
} from '../work/schema.ts'
import { EventSource } from './event-source.ts'
import { replicaSqlite } from './replica-sqlite.ts'
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
  const { store, settled, held } = await openSession(items)
  return { ...clientOf(store, settled), sqliteBytes: held }
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
    materialized: () => materialized.runs,
    close: () => store.close(),
  }
}

async function openSession(items: readonly Item[]) {
  const { open, held } = await replicaSqlite()
  const leader = new ScriptedLeader(open)
  const store = await createStore({ schema, storeId: 'bench', adapter: leader.adapter, development: false })
  async function settled() {
    await Promise.resolve()
    leader.confirm()
  }
  await fill(store, adding(items), settled)
  return { store, leader, settled, held }
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
    watch: (id, told) => store.subscribe(one(id), told, { immediate: false }),
    mount(ids, told) {
      const definitions = ids.map(one)
      return () => {
        const ends = definitions.map((definition) => store.subscribe(definition, told, { immediate: false }))
        return () => ends.forEach((end) => void end())
      }
    },
    watchPage: (listId, before, told) => store.subscribe(pageOf(listId, before), told, { immediate: false }),
    byTitle: (after) => store.query(byTitle(after)),
    sorted: () => liveListOf(store),
    watchTotal: (which, told) => store.subscribe(totals[which], told, { immediate: false }),
    runs: () => inspect(store).reduce((sum, { runs, patches }) => sum + runs + patches, 0),
    close: () => store.close(),
  }
}

function liveListOf(store: Store): LiveList {
  const observer = observe(store, sorted)
  return {
    subscribe: (told) => observer.subscribe(told),
    changed() {
      const { delta } = observer
      return delta ? delta.removed.length + delta.inserted.length + delta.moved.length + delta.updated.length : 0
    },
    current: () => observer.current,
  }
}
