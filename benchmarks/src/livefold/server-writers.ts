import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { AskedProcess } from '../processes/asked-process.ts'
import type { Writers } from '../suite/contestant.ts'
import { quantile } from '../suite/statistics.ts'
import type { Usage } from './server-process.ts'

/** The server in a process of its own, its writers and one listener in another, over WebSockets of this machine. */
export async function openLivefoldWriters(
  directory: string,
  options: { readonly writers: number; readonly stores: number },
): Promise<Writers> {
  const server = new AskedProcess(join(import.meta.dirname, 'server-process.ts'))
  const writers = new AskedProcess(join(import.meta.dirname, 'writers-process.ts'))
  await writers.ask('open', await server.ask('start', directory), options.writers, options.stores)
  let events = 0
  let before: Usage | null = null
  return {
    async round(each) {
      before ??= await server.ask<Usage>('usage')
      await writers.ask('round', each)
      events += each * options.writers
    },
    async figures() {
      const now = await server.ask<Usage>('usage')
      const latencies = await writers.ask<number[]>('latencies')
      const cpu = now.cpuMs - (before?.cpuMs ?? 0)
      const mb = (bytes: number) => bytes / 2 ** 20
      const at = (share: number) => now.rssBytes[Math.floor(share * (now.rssBytes.length - 1))] as number
      const sizes = [
        ['at the start', at(0)],
        ['in the middle', at(0.5)],
        ['at the end', at(1)],
      ] as const
      return [
        { name: 'server CPU an event', value: (cpu * 1_000) / events, unit: 'µs' },
        ...sizes.map(([when, bytes]) => ({ name: `server RSS ${when}`, value: mb(bytes), unit: 'MB' })),
        { name: 'commit to visible elsewhere, p50', value: quantile(latencies, 0.5), unit: 'ms' },
        { name: 'commit to visible elsewhere, p99', value: quantile(latencies, 0.99), unit: 'ms' },
        { name: 'cores for server and writers', value: availableParallelism(), unit: '' },
      ]
    },
    async close() {
      await writers.ask('close')
      await server.ask('close')
      await Promise.all([writers.stop(), server.stop()])
    },
  }
}
