import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { livefold } from './livefold/livefold.ts'
import { session } from './livefold/livefold-memory.ts'
import { raw } from './raw/raw.ts'
import { additions, type Change, createdAt, itemAt, itemId, itemsFrom, listId, mixedChanges } from './work/item.ts'

const directories: string[] = []

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'livefold-bench-'))
  directories.push(made)
  return made
}

afterEach(() => {
  for (const each of directories.splice(0)) rmSync(each, { recursive: true, force: true })
})

it.each([raw, session, livefold])('$name: commits, reads, pages and news are those of the work', async (contestant) => {
  const client = await contestant.openClient!(itemsFrom(0, 3_000))
  const told: unknown[] = []
  const stop = client.watch(itemId(5), (item) => told.push(item?.title))
  client.commit([{ kind: 'rename', id: itemId(5), title: 'five' }])
  client.commit(additions(3_000, 2))
  await client.settled()
  expect(told).toEqual(['five'])
  expect(client.read(itemId(5))).toEqual({ ...itemAt(5), title: 'five' })
  stop()
  client.commit([{ kind: 'mark', id: itemId(5), done: true }])
  await client.settled()
  expect(told).toEqual(['five'])
  expect(client.read(itemId(5))).toEqual({ ...itemAt(5), title: 'five', done: true })
  expect(client.reader(itemId(3_001))()).toEqual(itemAt(3_001))
  expect(client.read('item-none')).toBeUndefined()
  const before = 2_500
  const page = Array.from({ length: 100 }, (_, i) => itemAt(before - 17 - i * 20))
  expect(client.page(listId(3), createdAt(before))).toEqual(page)
  await client.close()
})

it.each([raw, session, livefold])(
  '$name: what is mounted is told, until its end; a list by title',
  async (contestant) => {
    const client = await contestant.openClient!(itemsFrom(0, 50))
    let told = 0
    const end = client.mount!([itemId(1), itemId(2)], () => told++)()
    client.commit([{ kind: 'rename', id: itemId(2), title: 'A first one' }])
    client.commit([{ kind: 'rename', id: itemId(3), title: 'Unseen' }])
    expect(told).toBe(1)
    end()
    client.commit([{ kind: 'rename', id: itemId(2), title: 'A second one' }])
    await client.settled()
    expect(told).toBe(1)
    const titles = (await client.byTitle!(createdAt(0))).map(({ title }) => title)
    expect(titles).toHaveLength(49)
    expect(titles).toEqual([...titles].sort())
    expect(titles[0]).toBe('A second one')
    await client.close()
  },
)

it.each([session, livefold])('$name: live list, delta and totals follow a change', async (contestant) => {
  const client = await contestant.openClient!(itemsFrom(0, 30))
  const list = client.sorted!()
  const heard: number[] = []
  list.subscribe(() => heard.push(list.changed()))
  const totals: number[] = []
  client.watchTotal!('count', (count) => totals.push(count))
  client.watchTotal!('sum', (sum) => totals.push(sum))
  client.commit([{ kind: 'rename', id: itemId(7), title: 'Zebra' }])
  client.commit([{ kind: 'mark', id: itemId(7), done: true }])
  await client.settled()
  expect(list.current().at(-1)).toEqual({ ...itemAt(7), title: 'Zebra', done: true })
  // Moved and updated; then updated.
  expect(heard).toEqual([2, 1])
  expect(totals.toSorted((a, b) => a - b)).toEqual([11, 135 + 7])
  await client.close()
})

it.each([
  ['in memory', () => [raw, livefold].map((each) => each.openRebase!(itemsFrom(0, 100), pending))],
  ['on disk', () => [raw, livefold].map((each) => each.openDiskRebase!(directory(), itemsFrom(0, 100), pending))],
])('rebase %s: raw and Livefold end with the same items', async (_, open) => {
  const [theirs, ours] = await Promise.all(open())
  for (const [i, word] of ['once', 'twice'].entries()) {
    const upstream = mixedChanges(40, 2_000 + i * 40, 10, word)
    theirs!.burst(upstream)()
    ours!.burst(upstream)()
  }
  expect(ours!.items()).toEqual(theirs!.items())
  expect(ours!.items()).toHaveLength(100 + 20 + 40)
  // Pending renames come after upstream ones.
  expect(ours!.items()[12]?.title).toBe('Renamed mine 25')
  await theirs!.close()
  await ours!.close()
})

const pending = mixedChanges(40, 1_000, 0, 'mine')

it.each([raw, livefold])('$name: a stored log boots and is rebuilt to the same item, again and again', async (each) => {
  const rename: Change = { kind: 'rename', id: itemId(9), title: 'nine' }
  const stored = await each.store!(directory(), [...additions(0, 20), rename])
  for (const open of [stored.boot, stored.rebuild, stored.rebuild, stored.boot]) {
    expect((await open(itemId(9))).item).toEqual({ ...itemAt(9), title: 'nine' })
  }
})

it.each([raw, livefold])('$name: a journal and writers take what they are given', async (each) => {
  for (const synced of [false, true]) {
    const journal = await each.openJournal!(directory(), { synced })
    journal.write(additions(0, 3))()
    journal.write(additions(3, 1))()
    await journal.close()
  }
  for (const stores of [1, 3]) {
    const writers = await each.openWriters!(directory(), { writers: 3, stores })
    await writers.round(5)
    await writers.round(5)
    await writers.close()
  }
})
