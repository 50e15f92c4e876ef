import { expect, test, vi } from 'vitest'

/** Not among the types of a program for Node. */
const { WebAssembly } = globalThis as unknown as { WebAssembly: { instantiate(): Promise<never> } }

test('a start of SQLite that fails is not kept: the next store gets one', async () => {
  // As in a process that has loaded none yet.
  vi.resetModules()
  const { loadSqlite } = await import('./sqlite.ts')
  const instantiate = vi.spyOn(WebAssembly, 'instantiate').mockRejectedValueOnce(new RangeError('out of memory'))
  await expect(loadSqlite()).rejects.toThrow()
  instantiate.mockRestore()
  const openMemory = await loadSqlite()
  openMemory().close()
})
