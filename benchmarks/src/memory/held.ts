import { setImmediate } from 'node:timers/promises'
import type { Client } from '../suite/contestant.ts'

/** Bytes that are still in use once the collector has run: heap, array buffers, and what SQLite took of its WebAssembly memory. */
export async function held(client: Client): Promise<number> {
  await collected()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers + (client.sqliteBytes?.() ?? 0)
}

/** Twice: what finalizers let go of is found by the second. */
export async function collected(): Promise<void> {
  const { gc } = globalThis
  if (!gc) throw new Error('Memory is measured with the collector at hand: start node with --expose-gc.')
  for (let i = 0; i < 2; i++) {
    gc()
    await setImmediate()
  }
}
