import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Livefold } from './livefold-global.ts'
import { Profile } from './profile.ts'
import { report } from './report.ts'
import { inStep, type Tab } from './tab.ts'

// A client that has been without a network for a while, and waits long before it tries to connect again.

/** What is still to be waited then, ms: longer than anything here takes. */
const LONG = 4_000

let profile: Profile

beforeEach(async () => {
  profile = await Profile.open()
})
afterEach(() => profile[Symbol.asyncDispose]())

/** Resolves when the next attempt to connect is far away. */
async function waitsLong({ page }: Tab): Promise<void> {
  const wait = () =>
    page.evaluate(() => {
      const { waits } = (globalThis as unknown as { livefold: Livefold }).livefold.store.status
      return Number(/next attempt to connect, in (\d+) ms/.exec(waits.value[0]?.detail ?? '')?.[1] ?? 0)
    })
  await expect.poll(wait, { timeout: 30_000 }).toBeGreaterThan(LONG)
}

/** Before the back-off is over. */
const online = ({ page }: Tab) => page.waitForSelector('.connection[data-state="online"]', { timeout: LONG / 2 })

test('SYNC-2 the network is back: whichever page of a client hears of it, its leader connects at once', async () => {
  const leader = await profile.tab('network-back')
  const follower = await profile.tab('network-back')
  await leader.setOffline(true)
  await follower.add('made offline')
  await waitsLong(leader)
  const before = performance.now()
  await follower.setOffline(false)
  await online(leader)
  report('network-back', { ms: Math.round(performance.now() - before) })
  await inStep([leader, follower], 1)
})

test('SYNC-2 what the browser says of its network is heard', async () => {
  const tab = await profile.tab('network-event')
  const switched = (offline: boolean) =>
    tab.page.evaluate(
      (network) => {
        localStorage.setItem('playground:network', JSON.stringify(network))
        const channel = new BroadcastChannel('playground:network')
        channel.postMessage({ type: 'network', ...network })
        channel.close()
      },
      { offline, latency: 0 },
    )
  await switched(true)
  await tab.add('made offline')
  await waitsLong(tab)
  // Nobody is told.
  await switched(false)
  await profile.context.setOffline(true)
  await profile.context.setOffline(false)
  await online(tab)
  await inStep([tab], 1)
})

test('SYNC-2 somebody who returns to a page does not wait for a back-off', async () => {
  const tab = await profile.tab('network-look')
  await tab.setOffline(true)
  await waitsLong(tab)
  await tab.page.evaluate(() => {
    const channel = new BroadcastChannel('playground:network')
    channel.postMessage({ type: 'network', offline: false, latency: 0 })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await online(tab)
})
