import { expect, test, vi } from 'vitest'
import { loadSqlite } from './sqlite.ts'

/** Not among the types of a program for Node. */
const { WebAssembly } = globalThis as unknown as { WebAssembly: { instantiate(): Promise<never> } }

test('a start of SQLite that fails is not kept: the next store gets one', async () => {
  const instantiate = vi.spyOn(WebAssembly, 'instantiate').mockRejectedValueOnce(new RangeError('out of memory'))
  await expect(loadSqlite()).rejects.toThrow()
  instantiate.mockRestore()
  const openMemory = await loadSqlite()
  openMemory().close()
})
