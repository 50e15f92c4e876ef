import { expect, test } from 'vitest'
import { addNote, type Notes, viewNotes } from './notes-page.ts'
import { Profile } from './profile.ts'
import type { Tab } from './tab.ts'

const ids = async (tab: Tab) => (await viewNotes(tab)).ids

test('schema n and n + 1 side by side: neither breaks, both in step for what they share, the newer leads', async () => {
  await using profile = await Profile.open()
  const page = (version: string) => ({ page: `browser-tests/pages/${version}.html` })
  const old = await profile.tab('versions', page('old'))
  await addNote(old, 'a')
  await expect.poll(() => viewNotes(old)).toEqual({ ids: ['a'], pending: 0, leads: true })

  const newer = await profile.tab('versions', page('new'))
  await expect.poll(async () => [(await viewNotes(old)).leads, (await viewNotes(newer)).leads]).toEqual([false, true])
  await expect.poll(() => ids(newer)).toEqual(['a'])
  await addNote(old, 'b')
  await addNote(newer, 'c')
  await newer.page.evaluate(() => {
    const { store, events } = (globalThis as unknown as { livefold: Notes }).livefold
    const event = events.noteStarred?.({ id: 'b' })
    if (event) store.commit(event)
  })
  for (const tab of [old, newer]) {
    await expect.poll(async () => [(await ids(tab)).join(), (await viewNotes(tab)).pending]).toEqual(['a,b,c', 0])
  }

  // Old tabs that come later wait behind the newest.
  const another = await profile.tab('versions', page('old'))
  await expect.poll(() => ids(another)).toEqual(['a', 'b', 'c'])
  await newer.page.close()
  // None of the new ones is left: an old one keeps log and sync going.
  await expect.poll(async () => (await viewNotes(old)).leads || (await viewNotes(another)).leads).toBe(true)
  await addNote(another, 'd')
  for (const tab of [old, another]) {
    await expect.poll(async () => [(await ids(tab)).join(), (await viewNotes(tab)).pending]).toEqual(['a,b,c,d', 0])
  }
  const back = await profile.tab('versions', page('new'))
  await expect.poll(async () => (await viewNotes(back)).leads).toBe(true)
  await expect.poll(() => ids(back)).toEqual(['a', 'b', 'c', 'd'])
})
