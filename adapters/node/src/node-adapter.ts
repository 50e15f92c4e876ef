import type { Worker } from 'node:worker_threads'
import {
  type Adapter,
  type AdapterConnection,
  type ConnectOptions,
  hostClock,
  hostRandom,
  openWasmReplica,
  RelayChannel,
  type Sqlite3Static,
  StoreError,
  type SyncTransport,
} from '@livefold/core/adapter'
import * as sessionParts from '@livefold/core/session-parts'
import initSqlite from '@sqlite.org/sqlite-wasm'
import type { LeaderSeat, SessionRelay } from './leader-seat.ts'
import { LocalSeat } from './local-seat.ts'
import type { Durability } from './open-leader.ts'
import { locateStore, removeStore } from './store-location.ts'
import { StoreLock } from './store-lock.ts'
import { ThreadSeat } from './thread-seat.ts'

interface NodeOptions {
  /** Holds one SQLite file per store; one process at a time. Created where missing. */
  readonly directory: string
  /**
   * `normal` (default): acked survives the kill of the process. `full`: power loss too, at the price of an fsync per transaction.
   */
  readonly durability?: Durability
}

/** Leader in the app's own thread. */
interface InThread extends NodeOptions {
  /** To a backend; without it the store is on its own. */
  readonly sync?: SyncTransport
  readonly worker?: never
}

/** Leader in a thread of its own, whose file calls `runLeaderWorker`. */
interface InWorker extends NodeOptions {
  readonly worker: () => Worker
  readonly sync?: never
}

export type NodeAdapterOptions = InThread | InWorker

let loading: Promise<Sqlite3Static> | null = null

/** Once a process; where it fails, as for want of memory, the next store tries again. */
async function loadSqlite(): Promise<Sqlite3Static> {
  loading ??= initSqlite() as unknown as Promise<Sqlite3Static>
  try {
    return await loading
  } catch (thrown) {
    loading = null
    throw thrown
  }
}

/**
 * Livefold on Node: each store persists in a SQLite file (`node:sqlite`) under its leader, sessions read an in-memory replica.
 *
 * @throws TypeError when `directory` is no string, or `worker` no function
 * @example
 * nodeAdapter({ directory: './data', sync: webSocketSync({ url: 'ws://127.0.0.1:4322/sync' }) })
 * @example
 * nodeAdapter({ directory: './data', worker: () => new Worker(new URL('./store.worker.ts', import.meta.url)) })
 */
export function nodeAdapter(options: NodeAdapterOptions): Adapter {
  const { directory, durability = 'normal' } = options
  if (typeof directory !== 'string') throw new TypeError('nodeAdapter({ directory }) needs the path of a directory')
  if (options.worker && typeof options.worker !== 'function') {
    throw new TypeError('nodeAdapter({ worker }) takes a function that returns a new Worker')
  }
  const clock = hostClock(globalThis)
  const random = hostRandom(globalThis)
  const seats = new Map<string, { readonly seat: LeaderSeat; sessions: number }>()
  /** Seats on their way out: who opens their store again waits for the file to be free. */
  const leaving = new Map<string, Promise<void>>()

  function openSeat({ storeId, schema, development }: ConnectOptions): LeaderSeat {
    const location = locateStore(directory, storeId)
    if (options.worker) return new ThreadSeat(options.worker, location, durability)
    return new LocalSeat({ location, durability, schema, development, sync: options.sync })
  }

  async function connect(connect: ConnectOptions): Promise<AdapterConnection> {
    const sqlite3 = await loadSqlite()
    const { storeId } = connect
    while (leaving.has(storeId)) await leaving.get(storeId)
    const open = seats.get(storeId) ?? { seat: openSeat(connect), sessions: 0 }
    seats.set(storeId, open)
    open.sessions += 1
    const channel: SessionRelay = new RelayChannel()
    open.seat.join(channel)
    return {
      channel,
      openReplica: () => openWasmReplica(sqlite3, () => sessionParts),
      parts: sessionParts,
      clock,
      random,
      async close() {
        open.seat.leave(channel)
        open.sessions -= 1
        if (open.sessions > 0) return
        seats.delete(storeId)
        const closed = open.seat.close().finally(() => leaving.delete(storeId))
        leaving.set(
          storeId,
          closed.catch(() => {}),
        )
        await closed
      },
    }
  }

  async function remove(storeId: string): Promise<void> {
    while (leaving.has(storeId)) await leaving.get(storeId)
    if (seats.has(storeId)) {
      throw new StoreError('storage/locked', `Store ${storeId} is open: close it before it is deleted.`, {
        details: { storeId },
      })
    }
    const location = locateStore(directory, storeId)
    new StoreLock(location).release()
    removeStore(location)
  }

  return { connect, delete: remove }
}
