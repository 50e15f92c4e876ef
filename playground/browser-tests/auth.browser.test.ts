import { startServer } from '@livefold/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addNote, type Notes, viewNotes } from './notes-page.ts'
import { Profile } from './profile.ts'
import type { Tab } from './tab.ts'

const PAGE = 'browser-tests/pages/auth.html'
/** Tokens that were given, in order. */
const given: unknown[] = []
let server: Awaited<ReturnType<typeof startServer>>

beforeAll(async () => {
  server = await startServer({
    port: 0,
    data: ':memory:',
    authenticate: (token) => {
      given.push(token)
      return { id: 'the same user' }
    },
  })
})
afterAll(() => server.close())

const stateOf = (tab: Tab) =>
  tab.page.evaluate(() => {
    const { connection, error } = (globalThis as unknown as { livefold: Notes }).livefold.store.status
    return [connection.value, error.value?.code ?? null]
  })

test('SYNC-2 auth by any live tab: where the leading tab has no token another tab answers, also after that one led and is gone', async () => {
  await using profile = await Profile.open()
  const open = (token: string) =>
    profile.tab('auth', { page: PAGE, search: `&sync=${encodeURIComponent(server.url)}${token && `&token=${token}`}` })
  const signedOut = await open('')
  await expect.poll(() => stateOf(signedOut)).toEqual(['offline', 'sync/unauthorized'])
  expect((await viewNotes(signedOut)).leads).toBe(true)

  const signedIn = await open('first')
  await expect.poll(() => stateOf(signedOut)).toEqual(['online', null])
  expect((await viewNotes(signedOut)).leads).toBe(true)
  await addNote(signedOut, 'a')
  await expect.poll(async () => (await viewNotes(signedIn)).ids).toEqual(['a'])

  // The leading tab goes, and the one that takes over has no token either.
  const other = await open('')
  const last = await open('last')
  await signedOut.page.close()
  await expect.poll(async () => (await viewNotes(signedIn)).leads).toBe(true)
  await signedIn.page.close()
  await expect.poll(async () => (await viewNotes(other)).leads).toBe(true)
  await addNote(other, 'b')
  for (const tab of [other, last]) {
    await expect.poll(() => viewNotes(tab)).toMatchObject({ ids: ['a', 'b'], pending: 0 })
    await expect.poll(() => stateOf(tab)).toEqual(['online', null])
  }
  expect(new Set(given)).toEqual(new Set(['first', 'last']))
})
