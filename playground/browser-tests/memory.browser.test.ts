import { expect, test } from 'vitest'
import { addNote, viewNotes } from './notes-page.ts'
import { Profile } from './profile.ts'

const PAGE = { page: 'browser-tests/pages/alone.html', search: '&storage=memory' }

test('LOG-1 in memory and without a server: the tabs that live give the whole log to the next leader', async () => {
  await using profile = await Profile.open()
  const first = await profile.tab('seeded', PAGE)
  await addNote(first, 'a')
  await addNote(first, 'b')
  const second = await profile.tab('seeded', PAGE)
  await addNote(second, 'c')
  const third = await profile.tab('seeded', PAGE)
  for (const tab of [first, second, third])
    await expect.poll(async () => (await viewNotes(tab)).ids).toEqual(['a', 'b', 'c'])

  await first.page.close()
  const left = [second, third]
  await expect.poll(async () => (await Promise.all(left.map(viewNotes))).filter(({ leads }) => leads).length).toBe(1)
  for (const tab of left) {
    await expect.poll(() => viewNotes(tab)).toMatchObject({ ids: ['a', 'b', 'c'], pending: 0 })
  }
  await addNote(third, 'd')
  const late = await profile.tab('seeded', PAGE)
  await expect.poll(async () => (await viewNotes(late)).ids).toEqual(['a', 'b', 'c', 'd'])
  await second.page.close()
  await third.page.close()
  await expect.poll(() => viewNotes(late)).toEqual({ ids: ['a', 'b', 'c', 'd'], pending: 0, leads: true })
})

test('without a server, on disk: kept over a reload, with durability full as well', async () => {
  await using profile = await Profile.open()
  const tab = await profile.tab('on-disk', { page: PAGE.page, search: '&durability=full' })
  await addNote(tab, 'a')
  await tab.settled()
  await tab.reload()
  await expect.poll(() => viewNotes(tab)).toEqual({ ids: ['a'], pending: 0, leads: true })
})
