import {
  type Adapter,
  type AdapterConnection,
  type ConnectOptions,
  hostRandom,
  openWasmReplica,
  type SessionParts,
} from '@livefold/core/adapter'
import type { Caretaker } from './caretaker.ts'
import { startSqlite } from './sqlite-module.ts'
import { compileSqlite } from './sqlite-wasm.ts'
import { storeNames } from './store-names.ts'
import { webClock } from './web-clock.ts'
import { WebSession } from './web-session.ts'
import type { Durability, StorageChoice } from './worker-messages.ts'

export interface WebAdapterOptions {
  /** Makes the worker whose file calls `runLeaderWorker`; each tab has one. */
  readonly worker: () => Worker
  /**
   * `opfs` (default): persisted, and where the browser has no OPFS (some private windows) in memory, as `status.storage` tells.
   * `memory`: gone with the last tab.
   */
  readonly storage?: StorageChoice
  /** `normal` (default): acked survives the end of tab, browser and process. `full`: power loss too. */
  readonly durability?: Durability
  /** Hears when this tab's worker takes the lead, and when it has it no more. */
  readonly onLeading?: (leading: boolean) => void
}

/** What a page loads after its first queries. */
interface PageParts extends SessionParts {
  readonly Caretaker: typeof Caretaker
}

/**
 * Livefold in the browser: sessions read an in-memory replica, one worker of all tabs leads, on OPFS. Nothing of the browser is
 * touched before the first `createStore`: it may be imported and called on a server.
 *
 * @example
 * webAdapter({ worker: () => new Worker(new URL('./store.worker.ts', import.meta.url), { type: 'module' }) })
 */
export function webAdapter(options: WebAdapterOptions): Adapter {
  const { worker, storage = 'opfs', durability = 'normal', onLeading: leading = () => {} } = options
  let module: Promise<WebAssembly.Module | null> | null = null
  let parts: PageParts | null = null

  async function connect({ storeId, schema, development }: ConnectOptions): Promise<AdapterConnection> {
    await assertBrowser()
    module ??= compileSqlite()
    const clock = webClock()
    const random = hostRandom(globalThis)
    const session = new WebSession({
      names: storeNames(storeId),
      schema,
      worker,
      leading,
      storage,
      durability,
      development,
      module,
      clock,
      random,
    })
    // The page's replica and the leader get ready side by side.
    const entered = session.enter()
    const sqlite3 = await startSqlite(await module).catch(async (thrown: unknown) => {
      await close()
      throw thrown
    })
    performance.mark('livefold:sqlite')
    await entered
    return {
      channel: session.channel,
      openReplica: () => openWasmReplica(sqlite3, () => parts),
      // While the leader opens its file.
      parts: parts ?? loadParts,
      clock,
      random,
      attach(view) {
        session.attach(view)
        if (parts) session.complete(parts.Caretaker)
      },
      changed: () => session.changed(),
      close,
    }

    async function loadParts(): Promise<SessionParts> {
      parts = await importParts()
      session.complete(parts.Caretaker)
      return parts
    }

    async function close(): Promise<void> {
      await entered
      await session.close()
      clock.close()
    }
  }

  async function remove(storeId: string): Promise<void> {
    await assertBrowser()
    const { deleteWebStore } = await import('./delete-store.ts')
    await deleteWebStore(storeNames(storeId))
  }

  return { connect, delete: remove }
}

const importParts = () => import('./session-parts.ts')

async function assertBrowser(): Promise<void> {
  const { document, navigator } = globalThis as { document?: Document; navigator?: Navigator }
  if (!document || !navigator?.locks) throw (await importParts()).noBrowser()
}
