import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Bytes from which it stays as it is: two halves of 8 MiB, or what V8 made of that by the time we hear of it. */
const ENOUGH = 16 * 1024 * 1024

/**
 * Keeps V8's space for short-lived objects near 16 MiB in this process, which it else doubles up to 128 under many writers: a sync server, whose
 * messages are garbage as soon as they are answered, is not faster for it. For processes that do little else than `startServer`; the
 * command `livefold-server` calls it. The same, where you write the command line: `node --max-semi-space-size=8`.
 *
 * @example
 * limitYoungGeneration()
 * await startServer({ port: 4322, data: './data' })
 */
export function limitYoungGeneration(): void {
  const observer = new PerformanceObserver(() => {
    if (youngBytes() < ENOUGH) return
    // The limit itself is read once, when the process starts; the factor whenever it is to grow.
    setFlagsFromString('--semi-space-growth-factor=1')
    observer.disconnect()
  })
  observer.observe({ entryTypes: ['gc'] })
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0
}
