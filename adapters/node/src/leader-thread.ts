import { parentPort } from 'node:worker_threads'
import {
  type AnySchema,
  type Frame,
  type LeaderMessage,
  messageOf,
  type SessionMessage,
  StoreError,
  type SyncTransport,
} from '@livefold/core/adapter'
import { type OpenLeader, openLeader } from './open-leader.ts'
import { PortChannel } from './port-channel.ts'
import type { FromLeaderThread, ToLeaderThread } from './worker-messages.ts'

export interface LeaderWorkerOptions {
  readonly schema: AnySchema
  /** Without it the store is on its own. */
  readonly sync?: SyncTransport
  /** Checks at the start that the stored state is what the materializers give. Default true; turn it off in production. */
  readonly development?: boolean
}

/**
 * The leader's side of a store in a thread of its own: call it once in the worker file that `nodeAdapter({ worker })` starts.
 *
 * @example
 * // store.worker.ts
 * runLeaderWorker({ schema, sync: webSocketSync({ url }) })
 */
export function runLeaderWorker(options: LeaderWorkerOptions): void {
  const port = parentPort
  if (!port)
    throw new Error('runLeaderWorker runs in a worker thread: give its file to nodeAdapter({ directory, worker })')
  const tell = (message: FromLeaderThread) => port.postMessage(message)
  let leader: OpenLeader | null = null

  function open(message: Extract<ToLeaderThread, { type: 'open' }>): void {
    const { location, durability } = message
    const onFailed = (error: StoreError) => tell({ type: 'failed', error: error.toJSON() })
    try {
      leader = openLeader({ development: true, ...options, location, durability, onFailed })
    } catch (thrown) {
      onFailed(
        thrown instanceof StoreError
          ? thrown
          : new StoreError('storage/io', `The store could not be opened: ${messageOf(thrown)}`),
      )
    }
  }

  tell({ type: 'listening' })
  port.on('message', async (message: ToLeaderThread) => {
    if (message.type === 'open') open(message)
    else if (message.type === 'connect')
      leader?.host.connect(new PortChannel<Frame<LeaderMessage>, Frame<SessionMessage>>(message.port))
    else {
      await leader?.close()
      tell({ type: 'closed' })
      port.close()
    }
  })
}
