import { expect, test } from 'vitest'
import { addNote, type Notes, viewNotes } from './notes-page.ts'
import { Profile } from './profile.ts'
import type { Tab } from './tab.ts'

interface Watched extends Notes {
  readonly seen: { readonly epochs: Set<number>; readonly errors: string[]; fewest: number }
}

/** From now on the page remembers its leaders, what errors it was told of, and the fewest notes that it saw. */
const watch = (tab: Tab) =>
  tab.page.evaluate(() => {
    const { livefold } = globalThis as unknown as { livefold: Watched }
    const { store, notes } = livefold
    const seen: Watched['seen'] = { epochs: new Set(), errors: [], fewest: Number.POSITIVE_INFINITY }
    store.on('error', (error) => seen.errors.push(error.message))
    store.status.leader.subscribe((epoch) => seen.epochs.add(epoch))
    store.subscribe(notes.orderBy('id', 'asc') as never, (rows: readonly unknown[]) => {
      seen.fewest = Math.min(seen.fewest, rows.length)
    })
    Object.assign(livefold, { seen })
  })

const seen = (tab: Tab) =>
  tab.page.evaluate(() => {
    const { epochs, errors, fewest } = (globalThis as unknown as { livefold: Watched }).livefold.seen
    return { epochs: epochs.size, errors, fewest }
  })

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

  const left = [second, third]
  for (const tab of left) await watch(tab)
  await first.page.close()
  await expect.poll(async () => (await Promise.all(left.map(viewNotes))).filter(({ leads }) => leads).length).toBe(1)
  for (const tab of left) {
    await expect.poll(() => viewNotes(tab)).toMatchObject({ ids: ['a', 'b', 'c'], pending: 0 })
    // SESS-1 nothing went back, and nobody was told of a loss.
    await expect.poll(() => seen(tab)).toEqual({ epochs: 2, errors: [], fewest: 3 })
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
