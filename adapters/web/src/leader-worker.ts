import { type AnySchema, DEVELOPMENT, hostRandom, type SyncTransport } from '@livefold/core/adapter'
import { Candidate } from './candidate.ts'
import { startSqlite } from './sqlite-module.ts'
import { storeNames } from './store-names.ts'
import { webClock } from './web-clock.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

export interface LeaderWorkerOptions {
  readonly schema: AnySchema
  /** Without it the store is on its own. */
  readonly sync?: SyncTransport
}

/** Of a dedicated worker's global scope, what is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null
  postMessage(message: FromWorker): void
  close(): void
}

/**
 * The leader's side of a store: call it once in the worker file that `webAdapter({ worker })` starts. Each tab has such a worker; one of
 * them leads at a time.
 *
 * @example
 * // store.worker.ts
 * runLeaderWorker({ schema, sync: webSocketSync({ url: 'wss://example.com/sync' }) })
 */
export function runLeaderWorker(options: LeaderWorkerOptions): void {
  if (DEVELOPMENT && ('document' in globalThis || !('importScripts' in globalThis))) {
    throw new Error('runLeaderWorker runs in a dedicated worker: give its file to webAdapter({ worker })')
  }
  const scope = globalThis as unknown as WorkerScope
  let giveModule: (module: WebAssembly.Module | null) => void = () => {}
  const module = new Promise<WebAssembly.Module | null>((resolve) => {
    giveModule = resolve
  })
  let candidate: Candidate | null = null

  const parts = () => import('@livefold/core/leader-parts')
  // It arrives while SQLite starts, or the lock is waited for. Where it does not, the leader asks again and says so.
  void parts().catch(() => {})

  function start({ storeId, storage, durability, clientId, development }: Extract<ToWorker, { type: 'start' }>): void {
    candidate = new Candidate({
      ...options,
      names: storeNames(storeId),
      storage,
      durability,
      clientId,
      development,
      sqlite: async (fault) => startSqlite(await module, fault),
      clock: webClock(),
      random: hostRandom(globalThis),
      parts,
      leading: () => scope.postMessage({ type: 'leading' }),
      over(error) {
        scope.postMessage({ type: 'over', error })
        // Gives lock and handles back, whatever state they are in.
        scope.close()
      },
    })
  }

  scope.onmessage = async ({ data }) => {
    if (data.type === 'start') start(data)
    else if (data.type === 'module') giveModule(data.module)
    else {
      await candidate?.close()
      scope.postMessage({ type: 'closed' })
      scope.close()
    }
  }
  scope.postMessage({ type: 'alive' })
}
