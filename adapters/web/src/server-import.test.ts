import { expect, it } from 'vitest'
import { persistStorage, runLeaderWorker, webAdapter } from './index.ts'

// This file runs in Node: there is no browser to lean on.

it('may be imported and set up on a server; opening a store there says what to do', async () => {
  const adapter = webAdapter({
    worker: () => {
      throw new Error('no worker is asked for')
    },
  })
  await expect(adapter.delete('a')).rejects.toThrow('runs in a browser page')
  expect(await persistStorage()).toBe(false)
})

it('runLeaderWorker outside a worker says where it belongs', () => {
  expect(() => runLeaderWorker({ schema: {} as never })).toThrow('webAdapter({ worker })')
})
