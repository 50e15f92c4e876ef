// Opens a damaged store, and is killed before the nth call that changes its files.
// Arguments: directory, n. Prints `open` when it was not.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { createStore } from '@livefold/core'
import { platformSchema } from '@livefold/core/testing'
import { nodeAdapter } from '../node-adapter.ts'

const [directory = '', n = '1'] = process.argv.slice(2)
let left = Number(n)

function before(name: 'copyFileSync' | 'renameSync' | 'rmSync'): void {
  const call = fs[name] as (...given: unknown[]) => unknown
  Object.assign(fs, {
    [name]: (...given: unknown[]) => {
      if (--left === 0) process.kill(process.pid, 'SIGKILL')
      return call(...given)
    },
  })
}
for (const name of ['copyFileSync', 'renameSync', 'rmSync'] as const) before(name)
syncBuiltinESMExports()

const store = await createStore({
  schema: platformSchema(1),
  storeId: 's',
  adapter: nodeAdapter({ directory }),
  development: false,
})
process.stdout.write('open\n')
await store.close()
