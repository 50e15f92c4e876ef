import { platformConformance } from '@livefold/core/testing'
import * as api from 'vitest'
import { memoryAdapter } from './index.ts'

platformConformance(
  'memory',
  async () => ({ adapter: () => memoryAdapter(), persistent: false, release: async () => {} }),
  api,
)
