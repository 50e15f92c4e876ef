import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createStore, type Store } from '@livefold/core'
import { platformSchema } from '@livefold/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { markPath, removeMark } from './clean-mark.ts'
import { nodeAdapter } from './index.ts'
import { locateStore } from './store-location.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

let directory: ReturnType<typeof temporaryDirectory>
let database: string
let store: Store

const open = () =>
  createStore({
    schema: platformSchema(1),
    storeId: 's',
    adapter: nodeAdapter({ directory: directory.path }),
    development: false,
  })
const labels = () =>
  (
    store.query({ compile: () => ({ sql: 'select label from items order by id', parameters: [] }) }) as {
      label: string
    }[]
  )
    .map(({ label }) => label)
    .join()
const kept = () => readdirSync(directory.path).filter((name) => name.includes('damaged'))

beforeEach(async () => {
  directory = temporaryDirectory()
  database = locateStore(directory.path, 's').database
  store = await open()
  for (const id of ['a', 'b', 'c']) {
    await store.commit({ name: 'v1.ItemAdded', args: { id, label: `needle-${id}`, rank: 0 }, local: false }).confirmed
  }
  await store.close()
})

afterEach(async () => {
  await store.close()
  directory.remove()
})

/** Changes one letter of `text`, where what is before or after it tells the row from all others. */
function flip(text: string, unless: (before: string, after: string) => boolean): void {
  const bytes = readFileSync(database)
  const found: number[] = []
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) {
    const [before, after] = [
      bytes.toString('latin1', at - 1, at),
      bytes.toString('latin1', at + text.length).slice(0, 2),
    ]
    if (!unless(before, after)) found.push(at)
  }
  expect(found).toHaveLength(1)
  const at = found[0] as number
  bytes[at] = (bytes[at] as number) ^ 1
  writeFileSync(database, bytes)
}

const flipStateRow = () => flip('needle-b', (before) => before === '"')

test('STATE-1 a changed row of state is folded anew after an end that was not orderly', async () => {
  removeMark(database)
  flipStateRow()
  store = await open()
  expect(labels()).toBe('needle-a,needle-b,needle-c')
  expect(store.status.error.value).toBeNull()
})

test('STATE-1 a file that has changed since it was closed is kept aside, and its log carried over', async () => {
  flipStateRow()
  store = await open()
  expect(labels()).toBe('needle-a,needle-b,needle-c')
  expect(store.status.error.value).toMatchObject({
    code: 'storage/corrupt',
    details: { storeId: 's', kept: join(directory.path, 's.sqlite.damaged-1'), confirmed: 3, pending: 0, missing: [] },
  })
  expect(kept()).toEqual(['s.sqlite.damaged-1'])
})

test('LOG-1 a changed index of the log is found, and the log carried over', async () => {
  removeMark(database)
  const id = `${store.sessionId}.2`
  flip(id, (_, after) => after === 'v1')
  store = await open()
  expect(labels()).toBe('needle-a,needle-b,needle-c')
  expect(store.status.error.value?.code).toBe('storage/corrupt')
})

test('LOG-2 without a backend a damaged log is refused and left as it is, time and again', async () => {
  flip('needle-b', (before) => before !== '"')
  const before = readFileSync(database)
  for (let i = 0; i < 2; i++) {
    await expect(open()).rejects.toMatchObject({
      code: 'storage/corrupt',
      message: expect.stringContaining('deleteStore'),
    })
  }
  expect(readFileSync(database).equals(before)).toBe(true)
  expect(kept()).toEqual([])
})

test('BND-1 three damaged files are kept, and a fourth is not dropped in silence', async () => {
  for (let i = 1; i <= 4; i++) {
    flipStateRow()
    store = await open()
    expect(store.status.error.value?.details.dropped).toEqual(i < 4 ? [] : [join(directory.path, 's.sqlite.damaged-1')])
    await store.close()
  }
  expect(kept()).toEqual([2, 3, 4].map((n) => `s.sqlite.damaged-${n}`))
})

test('an orderly close leaves a mark, which an open store does not have', async () => {
  expect(existsSync(markPath(database))).toBe(true)
  store = await open()
  expect(existsSync(markPath(database))).toBe(false)
})
