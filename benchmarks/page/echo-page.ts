import type { Store } from '@livefold/core'
import { items } from '../src/work/schema.ts'
import { openWebStore } from './open-web-store.ts'
import { CHANNEL, type TabMessage } from './other-tab.ts'

const channel = new BroadcastChannel(CHANNEL)
const say = (message: TabMessage) => channel.postMessage(message)
let store: Store | null = null

channel.onmessage = async ({ data }: MessageEvent<TabMessage>) => {
  if (data.type === 'ping') say({ type: 'echo' })
  if (data.type === 'open') {
    store = await openWebStore(data.storeId)
    store.subscribe(items.count(), () => say({ type: 'echo' }), { immediate: false })
    say({ type: 'ready' })
  }
  if (data.type === 'close') {
    await store?.close()
    say({ type: 'ready' })
  }
}
Object.assign(globalThis, { echoing: true })
