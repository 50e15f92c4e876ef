import type { Contestant, Reader } from '../suite/contestant.ts'
import type { Row } from '../suite/row.ts'
import { createdAt, itemId, itemsFrom, LISTS, listId } from '../work/item.ts'
import { expectThat, timedEach } from './timing.ts'

const ITEMS = 10_000
const MANY = 100_000
/** Reads of one sample. About a millisecond: a busy machine would take its share of most samples that last longer. */
const READS = 200
const AGAIN = 2_000
const PAGES = 8
const PAGE = 100

type MakeSample = (reader: Reader, items: number) => () => Promise<number>

function rowOf(
  row: Omit<Row, 'start' | 'unit' | 'reference'>,
  items: number,
  checked: (reader: Reader, items: number) => Promise<boolean>,
  make: MakeSample,
): Row {
  return {
    ...row,
    unit: 'µs',
    reference: 'raw',
    async start(contestant: Contestant) {
      const reader = await contestant.openReader?.(itemsFrom(0, items))
      if (!reader) return null
      expectThat(
        contestant.stepsOnly === true || (await checked(reader, items)),
        `${row.title}: not what was asked for`,
      )
      return { sample: make(reader, items), end: () => reader.close() }
    },
  }
}

const readsOne = async (reader: Reader) => (await reader.read(itemId(7)))?.title === 'Bring 7 things to the party'

const readsPage = async (reader: Reader, items: number) => {
  const page = await reader.page(listId(3), createdAt(items))
  return page.length === PAGE && page[0]?.createdAt.getTime() === createdAt(items - LISTS + 3)
}

/** Another key each time, in a stride that visits all of them. */
function differentKeys(reader: Reader, items: number): () => Promise<number> {
  let n = 0
  return async () => {
    const ids = Array.from({ length: READS }, (_, i) => itemId((n + i * 7_919) % items))
    n = (n + READS * 7_919) % items
    return (await timedEach(ids, (id) => reader.read(id))) / READS
  }
}

function sameKey(reader: Reader): () => Promise<number> {
  const read = reader.reader(itemId(4_711))
  const times = Array.from({ length: AGAIN }, (_, i) => i)
  let first: unknown = read()
  return async () => {
    await first
    first = undefined
    return (await timedEach(times, read)) / AGAIN
  }
}

/** Another place in another list each time; each has a hundred older items. */
function differentPages(reader: Reader, items: number): () => Promise<number> {
  let n = 0
  return async () => {
    const asked = Array.from({ length: PAGES }, () => {
      n += 1
      return [listId(n), createdAt(items - ((n * 37) % (items - PAGE * LISTS)))] as const
    })
    return (await timedEach(asked, ([list, before]) => reader.page(list, before))) / PAGES
  }
}

export const readRow = rowOf(
  {
    name: 'read',
    title: 'point read, another key each time',
    rounds: { warmup: 80, quick: 160, full: 600 },
  },
  ITEMS,
  readsOne,
  differentKeys,
)

const readAgainRow = rowOf(
  {
    name: 'read-again',
    title: 'the same point read, nothing changed',
    rounds: { warmup: 20, quick: 60, full: 200 },
  },
  ITEMS,
  readsOne,
  sameKey,
)

export const listRow = rowOf(
  {
    name: 'list-100',
    title: 'list of 100 of 10k rows, indexed, not cached',
    rounds: { warmup: 80, quick: 160, full: 600 },
  },
  ITEMS,
  readsPage,
  differentPages,
)

const bigListRow = rowOf(
  {
    name: 'list-100-of-100k',
    slow: true,
    title: 'list of 100 of 100k rows, indexed, not cached',
    rounds: { warmup: 80, quick: 100, full: 600 },
  },
  MANY,
  readsPage,
  differentPages,
)

export const readRows: readonly Row[] = [readRow, readAgainRow, listRow, bigListRow]
