import { describe, expect, test } from 'vitest'
import { logStoreConformance } from '../testing/conformance/log-store.ts'
import { seededRandom } from '../testing/virtual-clock.ts'
import { memoryLogStore } from './memory-log-store.ts'

logStoreConformance('memory', async () => ({ log: memoryLogStore({ random: seededRandom(1) }) }), {
  describe,
  test,
  expect,
})

test('two log stores have two names', async () => {
  const random = seededRandom(1)
  expect(await memoryLogStore({ random }).backendId()).not.toBe(await memoryLogStore({ random }).backendId())
})
