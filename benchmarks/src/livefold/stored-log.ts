import { createStore } from '@livefold/core'
import { nodeAdapter } from '@livefold/node'
import type { StoredLog } from '../suite/contestant.ts'
import type { Change } from '../work/item.ts'
import { nextSchema, one, schema } from '../work/schema.ts'
import { fill } from './store-client.ts'

const storeId = 'bench'

/** A store that was opened, filled and closed by the Node adapter. */
export async function storeLivefold(directory: string, changes: readonly Change[]): Promise<StoredLog> {
  const first = await createStore({ schema, storeId, adapter: nodeAdapter({ directory }), development: false })
  await fill(first, changes, () => first.settled())
  await first.close()

  async function open(with_: typeof schema, id: string) {
    const store = await createStore({
      schema: with_,
      storeId,
      adapter: nodeAdapter({ directory }),
      development: false,
    })
    const item = store.query(one(id))
    const at = performance.now()
    await store.close()
    return { item, at }
  }

  return {
    boot: (id) => open(schema, id),
    rebuild: (id) => open(nextSchema, id),
  }
}
