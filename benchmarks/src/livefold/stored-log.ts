import { cpSync, rmSync } from 'node:fs'
import { createStore } from '@livefold/core'
import { nodeAdapter } from '@livefold/node'
import type { Opened, StoredLog } from '../suite/contestant.ts'
import type { Change } from '../work/item.ts'
import { nextSchema, one, schema } from '../work/schema.ts'
import { fill } from './store-client.ts'

const storeId = 'bench'

/** A store that was opened, filled and closed by the Node adapter. */
export async function storeLivefold(directory: string, changes: readonly Change[]): Promise<StoredLog> {
  const first = await createStore({ schema, storeId, adapter: nodeAdapter({ directory }), development: false })
  await fill(first, changes, () => first.settled())
  await first.close()

  return {
    boot: (id) => open(directory, schema, id),
    async rebuild(id) {
      const copy = `${directory}.copy`
      cpSync(directory, copy, { recursive: true })
      const opened = await open(copy, nextSchema, id)
      rmSync(copy, { recursive: true })
      return opened
    },
  }
}

async function open(directory: string, version: typeof schema, id: string): Promise<Opened> {
  const start = performance.now()
  const adapter = nodeAdapter({ directory })
  const store = await createStore({ schema: version, storeId, adapter, development: false })
  const item = store.query(one(id))
  const ms = performance.now() - start
  await store.close()
  return { item, ms }
}
