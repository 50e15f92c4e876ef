import { livefoldMemory } from '../src/livefold/livefold-memory.ts'
import { fill } from '../src/livefold/store-client.ts'
import type { Contestant, Opened, StoredLog, Tabs } from '../src/suite/contestant.ts'
import { additions, type Change } from '../src/work/item.ts'
import { eventOf, one } from '../src/work/schema.ts'
import { openWebStore } from './open-web-store.ts'
import { OtherTab } from './other-tab.ts'
import { Stall } from './stall.ts'

/** In memory as in Node; stored on OPFS by the web adapter, with its worker. */
export const livefoldPage: Contestant = { ...livefoldMemory, store: storeOnOpfs, openTabs: openStoreTabs }

async function storeOnOpfs(storeId: string, changes: readonly Change[]): Promise<StoredLog> {
  let version = 1
  const first = await openWebStore(storeId)
  await fill(first, changes, () => first.settled())
  await first.close()

  async function open(id: string): Promise<Opened> {
    const stall = new Stall()
    const start = performance.now()
    const store = await openWebStore(storeId, version)
    const item = store.query(one(id))
    const ms = performance.now() - start
    const stallMs = stall.end()
    await store.close()
    return { item, ms, stallMs }
  }

  return {
    boot: open,
    rebuild(id) {
      version += 1
      return open(id)
    },
  }
}

let stores = 0

/** `leading`: the store is opened in this tab first, whose worker leads then; else in the other. */
async function openStoreTabs({ leading }: { readonly leading: boolean }): Promise<Tabs> {
  const storeId = `tabs-${Date.now()}-${stores++}`
  const other = new OtherTab()
  const openThere = () => other.ask({ type: 'open', storeId }, 'ready')
  if (!leading) await openThere()
  const store = await openWebStore(storeId)
  if (leading) await openThere()
  let commits = 0
  return {
    async roundTrip() {
      const told = other.next('echo')
      store.commit(...additions(commits++, 1).map(eventOf))
      await told
    },
    settled: () => store.settled(),
    async close() {
      await other.ask({ type: 'close' }, 'ready')
      await store.close()
      other.close()
    },
  }
}
