import { expect, test } from 'vitest'
import type { Livefold } from './livefold-global.ts'
import { Profile } from './profile.ts'

interface Deletable extends Livefold {
  remove(): Promise<void>
}

const PAGE = { page: 'browser-tests/pages/bare.html' }

test('deleteStore refuses while a tab has the store open, and then leaves nothing', async () => {
  await using profile = await Profile.open()
  const tab = await profile.tab('deleted', PAGE)
  const other = await profile.tab('deleted', PAGE)
  await tab.commit(['kept nowhere'])
  await tab.settled()
  const remove = () =>
    tab.page.evaluate(async () => {
      const { remove } = (globalThis as unknown as { livefold: Deletable }).livefold
      return remove().then(
        () => 'deleted',
        (error: { code?: string; message: string }) => error.code ?? error.message,
      )
    })
  const close = (of: typeof tab) =>
    of.page.evaluate(() => (globalThis as unknown as { livefold: Deletable }).livefold.store.close())
  const traces = () =>
    tab.page.evaluate(async () => {
      const livefold = await (await navigator.storage.getDirectory()).getDirectoryHandle('livefold')
      const names: string[] = []
      for await (const name of livefold.keys()) names.push(name)
      const { held = [], pending = [] } = await navigator.locks.query()
      return [...names, ...Object.keys(localStorage), ...[...held, ...pending].map(({ name }) => name)]
    })
  expect(await remove()).toBe('storage/locked')
  await close(tab)
  expect(await remove()).toBe('storage/locked')
  await close(other)
  expect(await remove()).toBe('deleted')
  // BND-1 close() left no lock behind either.
  expect(await traces()).toEqual([])
  expect(await remove()).toBe('deleted')
})
