import { commitState } from './fold-state.ts'
import type { HistoryStore } from './open-store.ts'
import { inStep, until } from './sync-wait.ts'

export interface FollowOptions {
  /** Resolves after so many git commits, or once in step with the backend; `null`: only when aborted. */
  readonly until: number | 'head' | null
  readonly signal: AbortSignal
  onProgress(): void
}

/** Mirrors a store, reporting every change, until what `options` names is reached. */
export async function followHistory(store: HistoryStore, options: FollowOptions): Promise<void> {
  const { upstreamHead, backendHead, connection } = store.status
  const stops = [upstreamHead, backendHead, connection].map((part) => part.subscribe(() => options.onProgress()))
  try {
    await until(store, options.signal, () => {
      if (options.until === null) return false
      if (options.until === 'head') return inStep(store)
      return commitState(store).complete >= options.until
    })
    options.onProgress()
  } finally {
    for (const stop of stops) stop()
  }
}
