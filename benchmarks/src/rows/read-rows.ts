import type { Contestant, Reader } from '../suite/contestant.ts'
import type { Row } from '../suite/row.ts'
import { createdAt, itemId, itemsFrom, LISTS, listId } from '../work/item.ts'
import { expectThat, timed } from './timing.ts'

const ITEMS = 10_000
/** Reads of one sample. About a millisecond: a busy machine would take its share of most samples that last longer. */
const READS = 200
const AGAIN = 2_000
const PAGES = 8
const PAGE = 100

type MakeSample = (reader: Reader) => () => number

function rowOf(row: Omit<Row, 'start'>, checked: (reader: Reader) => boolean, make: MakeSample): Row {
  return {
    ...row,
    async start(contestant: Contestant) {
      const reader = await contestant.openReader?.(itemsFrom(0, ITEMS))
      if (!reader) return null
      expectThat(contestant.stepsOnly === true || checked(reader), `${row.title}: not what was asked for`)
      return { sample: make(reader), end: () => reader.close() }
    },
  }
}

const readsOne = (reader: Reader) => reader.read(itemId(7))?.title === 'Bring 7 things to the party'

const readsPage = (reader: Reader) => {
  const page = reader.page(listId(3), createdAt(ITEMS))
  return page.length === PAGE && page[0]?.createdAt.getTime() === createdAt(ITEMS - LISTS + 3)
}

/** Another key each time, in a stride that visits all of them. */
function differentKeys(reader: Reader): () => number {
  let n = 0
  return () => {
    const ids = Array.from({ length: READS }, (_, i) => itemId((n + i * 7_919) % ITEMS))
    n = (n + READS * 7_919) % ITEMS
    return timed(() => ids.forEach((id) => void reader.read(id))) / READS
  }
}

function sameKey(reader: Reader): () => number {
  const read = reader.reader(itemId(4_711))
  read()
  return () =>
    timed(() => {
      for (let i = 0; i < AGAIN; i++) read()
    }) / AGAIN
}

/** Another place in another list each time; each has a hundred older items. */
function differentPages(reader: Reader): () => number {
  let n = 0
  return () => {
    const asked = Array.from({ length: PAGES }, () => {
      n += 1
      return [listId(n), createdAt(ITEMS - ((n * 37) % (ITEMS - PAGE * LISTS)))] as const
    })
    return timed(() => asked.forEach(([list, before]) => void reader.page(list, before))) / PAGES
  }
}

export const readRow = rowOf(
  {
    name: 'read',
    title: 'point read, another key each time',
    unit: 'µs',
    reference: 'raw',
    rounds: { warmup: 80, quick: 160, full: 600 },
  },
  readsOne,
  differentKeys,
)

const readAgainRow = rowOf(
  {
    name: 'read-again',
    title: 'the same point read, nothing changed',
    unit: 'µs',
    reference: 'raw',
    rounds: { warmup: 20, quick: 60, full: 200 },
  },
  readsOne,
  sameKey,
)

export const listRow = rowOf(
  {
    name: 'list-100',
    title: 'list of 100 of 10k rows, indexed, not cached',
    unit: 'µs',
    reference: 'raw',
    rounds: { warmup: 80, quick: 160, full: 600 },
  },
  readsPage,
  differentPages,
)

export const readRows: readonly Row[] = [readRow, readAgainRow, listRow]
