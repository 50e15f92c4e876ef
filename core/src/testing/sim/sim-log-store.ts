import type { LogHead, LogStore } from '../../server/log-store.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimProcess } from './sim-process.ts'

/**
 * The server's log as one server process sees it: calls take time before and after they act, so that a crash comes
 * between, and what had not acted when the process died never does.
 */
export function simLogStore(
  log: LogStore,
  process: SimProcess,
  scheduler: Scheduler,
  slow: number,
): LogStore & { crash(): void } {
  const watches = new Set<() => void>()
  const pause = (): Promise<void> | null => {
    if (!process.alive) return new Promise(() => {})
    if (!process.random.chance(slow)) return null
    // The medium's time, not a timer of the server's: a read may be under way when the server is closed.
    return new Promise((resolve) => scheduler.schedule(process.random.heavyTail(2, 200), process, 'timer', resolve))
  }
  async function slowly<T>(act: () => Promise<T>): Promise<T> {
    await pause()
    const result = await act()
    await pause()
    return result
  }
  return {
    backendId: () => slowly(() => log.backendId()),
    head: (storeId) => slowly(() => log.head(storeId)),
    append: (storeId, after, afterId, events) => slowly(() => log.append(storeId, after, afterId, events)),
    read: (storeId, after, limit, bytes) => slowly(() => log.read(storeId, after, limit, bytes)),
    find: (storeId, ids) => slowly(() => log.find(storeId, ids)),
    claim: (storeId, ids, owner) => slowly(() => log.claim(storeId, ids, owner)),
    holds: (storeId, seq, id) => slowly(() => log.holds(storeId, seq, id)),
    watch(storeId, changed: (head: LogHead) => void) {
      const stop = log.watch(storeId, changed)
      watches.add(stop)
      return () => {
        watches.delete(stop)
        stop()
      }
    },
    close: () => log.close(),
    crash() {
      for (const stop of watches) stop()
      watches.clear()
    },
  }
}
