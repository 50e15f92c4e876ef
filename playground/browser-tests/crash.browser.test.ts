import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TAKE_OVER, takeOver, threeTabs } from './fail-over.ts'
import { Profile } from './profile.ts'
import { report } from './report.ts'
import { byOffice, inStep } from './tab.ts'

let profile: Profile
const takeOvers: Record<string, number> = {}

beforeAll(async () => {
  profile = await Profile.open()
})
afterAll(async () => {
  report('take-over-after-a-crash-ms', takeOvers)
  await profile[Symbol.asyncDispose]()
})

describe('the leading tab', () => {
  test('crashed', async () => {
    const tabs = await threeTabs(profile, 'crashed')
    const devtools = await profile.context.newCDPSession(tabs.leader.page)
    takeOvers.crashed = await takeOver(tabs, async () => {
      const crashed = tabs.leader.page.waitForEvent('crash')
      // The answer never comes.
      devtools.send('Page.crash').catch(() => {})
      await crashed
    })
    expect(takeOvers.crashed).toBeLessThan(TAKE_OVER)
    for (const tab of [tabs.leader, ...tabs.followers]) await tab.page.close()
  })

  test('its renderer killed by SIGKILL', async () => {
    const leader = await profile.tab('killed')
    const followers = [await profile.tab('killed'), await profile.tab('killed')]
    await byOffice([leader, ...followers])
    await leader.commit(['before'])
    await inStep([leader, ...followers], 1)
    expect((await leader.snapshot()).leads).toBe(true)
    const pid = await profile.rendererOf(leader.page)
    takeOvers.killed = await takeOver({ leader, followers }, async () => {
      const crashed = leader.page.waitForEvent('crash')
      process.kill(pid, 'SIGKILL')
      await crashed
    })
    expect(takeOvers.killed).toBeLessThan(TAKE_OVER)
    for (const tab of [leader, ...followers]) await tab.page.close()
  })
})
