import { StoreError } from '../base/errors.ts'
import type { UpMessage } from '../protocol/sync-messages.ts'
import type { Gate, Identity } from './authorize.ts'
import type { LogHead, LogStore } from './log-store.ts'

export type Hello = Extract<UpMessage, { type: 'hello' }>

export interface Welcomed {
  readonly identity: Identity
  readonly backendId: string
  readonly head: LogHead
}

/**
 * Decides on a hello: who it is, whether they may read, and whether they build on this server's history. Nothing of a
 * store is read before it is allowed (ISO-1).
 * @throws StoreError sync/unauthorized, sync/forbidden, sync/backend-mismatch
 */
export async function welcome(
  hello: Hello,
  { log, gate, context }: { log: LogStore; gate: Gate; context: { origin?: string | null; address?: string } },
): Promise<Welcomed> {
  const { storeId, clientId } = hello
  const identity = await gate.authenticate(hello.token ?? null, { ...context, storeId, clientId })
  await gate.require(identity, storeId, 'read')
  const backendId = await log.backendId()
  const head = await log.head(storeId)
  // Without a backendId the leader has only ever been alone: it compares head and headId itself.
  if (hello.backendId !== undefined) await checkHistory(hello, backendId, head, log)
  return { identity, backendId, head }
}

async function checkHistory(hello: Hello, backendId: string, head: LogHead, log: LogStore): Promise<void> {
  const { storeId } = hello
  if (hello.backendId !== backendId) {
    throw mismatch(storeId, `this backend is ${backendId}, the client's was ${hello.backendId}`)
  }
  if (hello.head > head.seq)
    throw mismatch(storeId, `the server's log ends at ${head.seq}, the client has ${hello.head}`)
  if (!(await log.holds(storeId, hello.head, hello.headId))) {
    throw mismatch(storeId, `the server has another event than ${hello.headId} at ${hello.head}`)
  }
}

function mismatch(storeId: string, why: string): StoreError {
  return new StoreError(
    'sync/backend-mismatch',
    `Store "${storeId}": ${why}. Nothing was changed; restore the server, or start a new store.`,
  )
}
