import { livefoldMemory } from '../livefold/livefold-memory.ts'
import type { Client, Contestant, Total } from '../suite/contestant.ts'
import type { Row, Trial } from '../suite/row.ts'
import { median, quantile } from '../suite/statistics.ts'
import { type Change, createdAt, type Item, itemAt, itemId, itemsFrom, LISTS, listId } from '../work/item.ts'
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

/** Commits before any is measured: as many as raw has read rows by then. The compiler has come to both. Slow peers get this long, ms. */
const WARMUP = 30_000
const LONGEST = 5_000
/** Commits of one sample, each alone: so many that the first, whose memory is as cold as that of raw's first read, weighs little in both. */
const COMMITS = 100
/** What an app's first commits are like. */
const FIRST = 100

/** Commits one at a time, each after the one before is settled; only the calls are timed, and each tells once. */
async function oneChange(client: Client, news: () => number, change: (turn: number) => Change): Promise<Trial> {
  let turn = 0
  async function commitOne() {
    const changes = [change(++turn)]
    const before = news()
    const time = await timedEach([changes], (each) => client.commit(each))
    expectThat(news() === before + 1, 'the change is told only after its commit')
    await client.settled()
    expectThat(news() === before + 1, `told ${news() - before} times of one change`)
    return time
  }
  async function commitSome(count: number) {
    const times: number[] = []
    while (times.length < count) times.push(await commitOne())
    return times
  }
  const first = await commitSome(FIRST)
  const end = performance.now() + LONGEST
  while (turn < WARMUP && performance.now() < end) {
    for (let i = 0; i < READS; i++) await client.commit([change(++turn)])
    await client.settled()
  }
  /** Single commits right after the work of others: nothing of theirs is in the processor's caches. */
  const cold: number[] = []
  return {
    async sample() {
      const times = await commitSome(COMMITS)
      cold.push(times[0] as number)
      return times.reduce((sum, time) => sum + time) / COMMITS
    },
    figures: () => [
      { name: 'one after other work', value: median(cold), unit: 'µs' },
      { name: 'one after other work, p95', value: quantile(cold, 0.95), unit: 'µs' },
      { name: `one of its first ${FIRST}`, value: median(first), unit: 'µs' },
    ],
    end: () => client.close(),
  }
}

/** How often a contestant's live query has told of a change so far; null when it has no such query. */
type Watch = (client: Client) => (() => number) | null

/** A live query over 100,000 rows: from one change to its news, against a point read. */
function toldRow(row: Pick<Row, 'name' | 'title' | 'slow'>, change: (turn: number) => Change, watch: Watch): Row {
  return {
    ...row,
    unit: 'µs',
    reference: 'raw',
    without: ['session'],
    rounds: { warmup: 150, quick: 30, full: 150 },
    async start(contestant) {
      const client = await contestant.openClient?.(itemsFrom(0, ITEMS))
      if (!client) return null
      if (contestant.name === 'raw') return pointReads(client)
      const news = watch(client)
      return news && oneChange(client, news, change)
    },
  }
}

const sortedRow = toldRow(
  { name: 'sorted-100k', title: 'live list of 100k rows sorted, one row moves: the delta told, against a point read' },
  moved,
  (client) => {
    const list = client.sorted?.()
    let told = 0
    list?.subscribe(() => {
      expectThat(list.changed() <= 2, 'one row changed, and the delta tells of more')
      told += 1
    })
    return list ? () => told : null
  },
)

/** Items that are not done and have a rank. */
const open = itemsFrom(0, ITEMS).filter(({ done, rank }) => !done && rank > 0)

/** Marks such items as done, and takes it back: every commit changes both totals. */
function marked(turn: number): Change {
  const { id } = open[Math.floor((turn - 1) / 2) % open.length] as Item
  return { kind: 'mark', id, done: turn % 2 === 1 }
}

function totalRow(which: Total): Row {
  const title = `live ${which} over 100k rows, one row changes: told, against a point read`
  return toldRow({ name: `${which}-100k`, slow: which === 'sum', title }, marked, (client) => {
    let told = 0
    return client.watchTotal?.(which, () => told++) ? () => told : null
  })
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
