import type { HistoryStore } from './open-store.ts'
import { commitCount } from './schema.ts'

/** The store cannot go on: its own account of why. */
export class SyncStopped extends Error {
  override readonly name = 'SyncStopped'
}

/**
 * Resolves once `done` holds; it is asked at every change of the store's status and of its commits. Rejects with the
 * reason of `signal`, or with `SyncStopped` when the store has stopped syncing for good.
 */
export async function until(store: HistoryStore, signal: AbortSignal, done: () => boolean): Promise<void> {
  signal.throwIfAborted()
  const { connection, upstreamHead, backendHead, pending, error } = store.status
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let asked = false
  const ask = () => {
    asked = false
    if (done()) resolve()
  }
  // Deferred: `done` reads several signals, and one of them may have changed before the others.
  const changed = () => {
    if (!asked) queueMicrotask(() => attempt(ask, reject))
    asked = true
  }
  const aborted = () => reject(signal.reason)
  signal.addEventListener('abort', aborted)
  const stops = [connection, upstreamHead, backendHead, pending, error].map((part) => part.subscribe(changed))
  // What the replica holds may change after the heads: `done` may ask for either.
  stops.push(store.subscribe(commitCount, changed), whenStopped(store, reject))
  try {
    await promise
  } finally {
    for (const stop of stops) stop()
    signal.removeEventListener('abort', aborted)
  }
}

function attempt(run: () => void, failed: (error: unknown) => void): void {
  try {
    run()
  } catch (error) {
    failed(error)
  }
}

/** Calls `heard` if sync has stopped for good, or when it does. Gives the way to stop listening. */
export function whenStopped(store: HistoryStore, heard: (error: SyncStopped) => void): () => void {
  const { connection, error } = store.status
  return connection.subscribe((now) => {
    if (now === 'stopped') heard(new SyncStopped(error.peek()?.message ?? 'sync stopped'))
  })
}

/** Online, and this client holds everything that the backend is known to have. */
export function inStep(store: HistoryStore): boolean {
  const { connection, upstreamHead, backendHead } = store.status
  return connection.peek() === 'online' && upstreamHead.peek() === backendHead.peek()
}

/** In step, and the backend has everything of this client. */
export function synced(store: HistoryStore): boolean {
  return inStep(store) && store.status.pending.peek() === 0
}
