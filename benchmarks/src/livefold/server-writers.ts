import { webSocketSync } from '@livefold/node'
import { startServer } from '@livefold/server'
import type { Writers } from '../suite/contestant.ts'
import { additions } from '../work/item.ts'
import { SyncWriter } from './sync-writer.ts'

/** The server as it is shipped (one file, `synchronous=FULL`), its writers over WebSockets of this machine, in this process. */
export async function openLivefoldWriters(
  directory: string,
  options: { readonly writers: number; readonly stores: number },
): Promise<Writers> {
  const running = await startServer({ port: 0, data: directory })
  const transport = webSocketSync({ url: running.url })
  const writers = Array.from({ length: options.writers }, (_, i) => {
    const session = `writer${String(i).padStart(10, '0')}`
    return new SyncWriter(transport, `store-${i % options.stores}`, session)
  })
  await Promise.all(writers.map((writer) => writer.greeted))
  let pushed = 0
  return {
    async round(events) {
      await Promise.all(writers.map((writer) => writer.push(additions(pushed, events))))
      pushed += events
    },
    async close() {
      for (const writer of writers) writer.close()
      await running.close()
    },
  }
}
