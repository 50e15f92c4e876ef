import { expect, test } from 'vitest'
import { Profile } from './profile.ts'
import { inStep } from './tab.ts'

// Two browser profiles are two clients: they meet at the sync server alone.

test('SYNC-1 an edit in one profile appears in the other without a reload', async () => {
  await using left = await Profile.open()
  await using right = await Profile.open()
  const [a, b] = [await left.tab('appears'), await right.tab('appears')]
  await a.add('from the left')
  await expect.poll(() => b.titles()).toEqual(['from the left'])
  await b.page.locator('.toggle').first().check()
  await expect.poll(() => a.page.locator('li.completed').count()).toBe(1)
  await inStep([a, b], 1)
})

test('SYNC-1 both edit the same and different todos offline, reload offline, come back: equal lists, equal digests', async () => {
  await using left = await Profile.open()
  await using right = await Profile.open()
  const [a, b] = [await left.tab('offline'), await right.tab('offline')]
  await a.add('shared', 'left only', 'right only')
  await inStep([a, b], 3)
  await a.setOffline(true)
  await b.setOffline(true)

  const rename = async (tab: typeof a, from: string, to: string) => {
    await tab.edit(from)
    await tab.page.fill('.edit', to)
    await tab.page.press('.edit', 'Enter')
  }
  await rename(a, 'shared', 'shared, said left')
  await rename(b, 'shared', 'shared, said right')
  await rename(a, 'left only', 'left edited')
  await rename(b, 'right only', 'right edited')
  await a.add('new on the left')
  await b.add('new on the right')

  await a.reload()
  await b.reload()
  await expect.poll(() => a.titles()).toEqual(['shared, said left', 'left edited', 'right only', 'new on the left'])
  await expect.poll(() => b.titles()).toEqual(['shared, said right', 'left only', 'right edited', 'new on the right'])
  expect((await a.snapshot()).pending).toBe(3)
  await a.add('after the reload')

  await a.setOffline(false)
  await b.setOffline(false)
  const { titles } = await inStep([a, b], 6)
  expect(titles.slice(1)).toEqual([
    'left edited',
    'right edited',
    'new on the left',
    'new on the right',
    'after the reload',
  ])
  expect(['shared, said left', 'shared, said right']).toContain(titles[0])
  expect(await a.titles()).toEqual(await b.titles())
})
