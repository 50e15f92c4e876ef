import type { Store } from '@livefold/core'
import { expect, test } from 'vitest'
import { Profile } from './profile.ts'
import type { Tab } from './tab.ts'

interface Notes {
  readonly store: Store
  readonly events: Record<string, (args: object) => Parameters<Store['commit']>[0]>
  readonly notes: { orderBy(column: string, direction: string): object }
  readonly leads: { readonly value: boolean }
}

const add = (tab: Tab, id: string) =>
  tab.page.evaluate((note) => {
    const { store, events } = (globalThis as unknown as { livefold: Notes }).livefold
    const event = events.noteAdded?.({ id: note, body: note })
    if (event) store.commit(event)
  }, id)

const view = (tab: Tab) =>
  tab.page.evaluate(() => {
    const { store, notes, leads } = (globalThis as unknown as { livefold: Notes }).livefold
    const rows = store.query(notes.orderBy('id', 'asc')) as { id: string }[]
    return { ids: rows.map((row) => row.id), pending: store.status.pending.value, leads: leads.value }
  })

const ids = async (tab: Tab) => (await view(tab)).ids

test('schema n and n + 1 side by side: neither breaks, both in step for what they share, the newer leads', async () => {
  await using profile = await Profile.open()
  const page = (version: string) => ({ page: `browser-tests/pages/${version}.html` })
  const old = await profile.tab('versions', page('old'))
  await add(old, 'a')
  await expect.poll(() => view(old)).toEqual({ ids: ['a'], pending: 0, leads: true })

  const newer = await profile.tab('versions', page('new'))
  await expect.poll(async () => [(await view(old)).leads, (await view(newer)).leads]).toEqual([false, true])
  await expect.poll(() => ids(newer)).toEqual(['a'])
  await add(old, 'b')
  await add(newer, 'c')
  await newer.page.evaluate(() => {
    const { store, events } = (globalThis as unknown as { livefold: Notes }).livefold
    const event = events.noteStarred?.({ id: 'b' })
    if (event) store.commit(event)
  })
  for (const tab of [old, newer]) {
    await expect.poll(async () => [(await ids(tab)).join(), (await view(tab)).pending]).toEqual(['a,b,c', 0])
  }

  // Old tabs that come later wait behind the newest.
  const another = await profile.tab('versions', page('old'))
  await expect.poll(() => ids(another)).toEqual(['a', 'b', 'c'])
  await newer.page.close()
  // None of the new ones is left: an old one keeps log and sync going.
  await expect.poll(async () => (await view(old)).leads || (await view(another)).leads).toBe(true)
  await add(another, 'd')
  for (const tab of [old, another]) {
    await expect.poll(async () => [(await ids(tab)).join(), (await view(tab)).pending]).toEqual(['a,b,c,d', 0])
  }
  const back = await profile.tab('versions', page('new'))
  await expect.poll(async () => (await view(back)).leads).toBe(true)
  await expect.poll(() => ids(back)).toEqual(['a', 'b', 'c', 'd'])
})
