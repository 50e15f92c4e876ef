import { livefoldMemory } from '../livefold/livefold-memory.ts'
import type { Client, Contestant } from '../suite/contestant.ts'
import type { Row, Trial } from '../suite/row.ts'
import { type Change, createdAt, itemAt, itemId, itemsFrom, LISTS, listId } from '../work/item.ts'
import { expectThat, timed, timedAsync, timedEach } from './timing.ts'

const ITEMS = 100_000
/** Point reads of one sample of the yardstick. */
const READS = 200

/** The titles' order is not that of the keys: each rename moves its row far. */
function moved(turn: number): Change {
  return {
    kind: 'rename',
    id: itemId((turn * 7_919) % ITEMS),
    title: `Bring ${(turn * 104_729) % ITEMS} things, ${turn}`,
  }
}

function pointReads(client: Client): Trial {
  let turn = 0
  return {
    async sample() {
      const ids = Array.from({ length: READS }, () => itemId((++turn * 7_919) % ITEMS))
      return (await timedEach(ids, (id) => client.read(id))) / READS
    },
    end: () => client.close(),
  }
}

/** One commit a sample, which tells once. */
function oneChange(client: Client, news: () => number, change: (turn: number) => Change): Trial {
  let turn = 0
  return {
    async sample() {
      turn += 1
      const changes = [change(turn)]
      const before = news()
      const time = await timedAsync(() => client.commit(changes))
      await client.settled()
      expectThat(news() === before + 1, `told ${news() - before} times of one change`)
      return time
    },
    end: () => client.close(),
  }
}

const sortedRow: Row = {
  name: 'sorted-100k',
  title: 'live list of 100k rows sorted, one row moves: the delta told, against a point read',
  unit: 'µs',
  reference: 'raw',
  without: ['session'],
  rounds: { warmup: 150, quick: 100, full: 500 },
  async start(contestant) {
    const client = await contestant.openClient?.(itemsFrom(0, ITEMS))
    if (!client) return null
    if (contestant.name === 'raw') return pointReads(client)
    const list = client.sorted?.()
    if (!list) return null
    let told = 0
    list.subscribe(() => {
      expectThat(list.changed() <= 2, 'one row changed, and the delta tells of more')
      told += 1
    })
    return oneChange(client, () => told, moved)
  },
}

const slice: Contestant = { ...livefoldMemory, name: 'slice' }

const sortedArrayRow: Row = {
  name: 'sorted-100k-array',
  slow: true,
  title: 'its array after a change, read, against one slice',
  unit: 'µs',
  reference: slice.name,
  rounds: { warmup: 3, quick: 10, full: 100 },
  contestants: [slice, livefoldMemory],
  async start(contestant) {
    const client = await contestant.openClient?.(itemsFrom(0, ITEMS))
    const list = client?.sorted?.()
    if (!client || !list) return null
    list.subscribe(() => {})
    let array = list.current()
    let turn = 0
    return {
      async sample() {
        const change = moved(++turn)
        await client.commit([change])
        await client.settled()
        const time = timed(() => {
          array = contestant === slice ? array.slice() : list.current()
        })
        expectThat(array.length === ITEMS, `${array.length} items of ${ITEMS}`)
        return time
      },
      end: () => client.close(),
    }
  },
}

const sortedFirstRow: Row = {
  name: 'sorted-100k-first',
  title: 'its first run, not cached',
  unit: 'ms',
  reference: 'raw',
  without: ['session'],
  // Each leaves a list of 100k rows in the cache.
  rounds: { warmup: 1, quick: 3, full: 8 },
  async start(contestant) {
    const client = await contestant.openClient?.(itemsFrom(0, ITEMS))
    if (!client?.byTitle) return null
    let turn = 0
    return {
      async sample() {
        turn += 1
        let length = 0
        const time = await timedAsync(async () => {
          length = ((await client.byTitle?.(turn)) ?? []).length
        })
        expectThat(length === ITEMS, `${length} items of ${ITEMS}`)
        return time
      },
      end: () => client.close(),
    }
  },
}

/** Marks items as done that were not, then takes it back: every commit changes both totals. */
function marked(turn: number): Change {
  const n = (Math.floor((turn - 1) / 2) * 3 + 1) % ITEMS
  return { kind: 'mark', id: itemId(n), done: turn % 2 === 1 }
}

function totalRow(which: 'count' | 'sum'): Row {
  return {
    name: `${which}-100k`,
    slow: which === 'sum',
    title: `live ${which} over 100k rows, one row changes: told, against a point read`,
    unit: 'µs',
    reference: 'raw',
    without: ['session'],
    rounds: { warmup: 200, quick: 100, full: 500 },
    async start(contestant) {
      const client = await contestant.openClient?.(itemsFrom(0, ITEMS))
      if (!client) return null
      if (contestant.name === 'raw') return pointReads(client)
      let told = 0
      const watched = client.watchTotal?.(which, () => told++)
      return watched ? oneChange(client, () => told, marked) : null
    },
  }
}

const firstRun: Contestant = { ...livefoldMemory, name: 'first run' }
/** What the list of 100 is taken from; it goes through an index. */
const FEW = 10_000
const BATCH = 20

/** What a commit costs with a live list of 100 that it changes, less the same commit beside one that nobody watches. */
const rerunRow: Row = {
  name: 'rerun-100',
  title: 'live list of 100 after one of its rows changed, against its first run',
  unit: 'µs',
  reference: firstRun.name,
  rounds: { warmup: 30, quick: 60, full: 300 },
  contestants: [firstRun, livefoldMemory],
  async start(contestant) {
    const client = await contestant.openClient?.(itemsFrom(0, FEW))
    if (!client?.watchPage) return null
    let turn = 0
    if (contestant === firstRun) {
      return {
        async sample() {
          const asked = Array.from({ length: BATCH }, () => {
            turn += 1
            return [listId(turn), createdAt(FEW - ((turn * 37) % (FEW - 100 * LISTS)))] as const
          })
          return (await timedEach(asked, ([list, before]) => client.page(list, before))) / BATCH
        },
        end: () => client.close(),
      }
    }
    const other = await contestant.openClient?.(itemsFrom(0, FEW))
    let told = 0
    client.watchPage(listId(3), createdAt(FEW), () => told++)
    return {
      async sample() {
        const changes = Array.from({ length: BATCH }, (): Change[] => {
          turn += 1
          return [{ kind: 'rename', id: itemAt(FEW - LISTS + 3 - (turn % 100) * LISTS).id, title: `Turn ${turn}` }]
        })
        const alone = await timedEach(changes, (change) => other?.commit(change))
        told = 0
        const time = await timedEach(changes, (change) => client.commit(change))
        expectThat(told === BATCH, `told ${told} times of ${BATCH} changes`)
        await Promise.all([client.settled(), other?.settled()])
        return Math.max(time - alone, 0) / BATCH
      },
      async end() {
        await client.close()
        await other?.close()
      },
    }
  },
}

export const listRows: Row[] = [rerunRow, sortedRow, sortedArrayRow, sortedFirstRow, totalRow('count'), totalRow('sum')]
