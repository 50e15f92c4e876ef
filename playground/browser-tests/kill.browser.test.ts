import { expect, inject, test } from 'vitest'
import type { Livefold } from './livefold-global.ts'
import { openCopy } from './opfs-files.ts'
import { Profile } from './profile.ts'
import { inStep, Tab } from './tab.ts'

const KILLS = Number(process.env.BROWSER_KILLS || (inject('browser').name === 'firefox' ? 2 : 10))

/** What a page draws is not what is killed here. */
const BARE = { page: 'browser-tests/pages/bare.html' }

test('DUR-1 the browser killed by SIGKILL in the middle of commits, many times: all acked there, file sound, state equals replay', {
  timeout: 60_000 + KILLS * 30_000,
}, async () => {
  await using profile = await Profile.open()
  await using witness = await Profile.open()
  const acked = new Set<string>()
  for (let kill = 0; kill < KILLS; kill++) {
    const page = await profile.context.newPage()
    let some: () => void = () => {}
    const enough = new Promise<void>((resolve) => {
      some = resolve
    })
    let here = 0
    await page.exposeFunction('ackedHere', (id: string) => {
      acked.add(id)
      if (++here > 20 + kill * 3) some()
    })
    const tab = new Tab(page)
    await tab.open('killed-browser', BARE)
    // What a kill leaves is taken for no damage.
    const told = () =>
      (globalThis as unknown as { livefold: Livefold }).livefold.store.status.error.value?.message ?? null
    expect(await page.evaluate(told)).toBeNull()
    await page.evaluate((round) => {
      const { livefold, ackedHere } = globalThis as unknown as { livefold: Livefold; ackedHere(id: string): void }
      const { store, events } = livefold
      let n = 0
      const one = () => {
        const id = `${round}-${++n}`
        void store.commit(events.todoCreated({ id, title: id })).acked.then(() => ackedHere(id))
        setTimeout(one, 0)
      }
      one()
    }, kill)
    await enough
    await profile.kill()
    await profile.start()

    const blank = await profile.context.newPage()
    await blank.goto(`${inject('playground')}browser-tests/pages/empty.html`)
    const { database, close } = await openCopy(blank, 'killed-browser')
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    const stored = new Set(
      database
        .prepare('SELECT id FROM todos')
        .all()
        .map((row) => row.id),
    )
    expect([...acked].filter((id) => !stored.has(id))).toEqual([])
    close()
    await blank.close()
  }
  const tab = await profile.tab('killed-browser', BARE)
  // Another client folds the log that the server has: its digest is that of a replay.
  const replay = await witness.tab('killed-browser', BARE)
  await tab.settled()
  const count = (await tab.snapshot()).titles.length
  const { titles } = await inStep([tab, replay], count)
  expect([...acked].filter((id) => !titles.includes(id))).toEqual([])
})
