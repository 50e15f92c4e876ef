import { livefoldMemory } from '../livefold/livefold-memory.ts'
import { rawMemory } from '../raw/raw-memory.ts'
import type { Client, Contestant } from '../suite/contestant.ts'
import { type Row, sizesOf, type Trial } from '../suite/row.ts'
import { type Change, itemId, itemsFrom } from '../work/item.ts'
import { expectThat, timed, timedEach } from './timing.ts'

const ITEMS = 10_000
const BATCH = 50

const rename = (n: number, turn: number): Change => ({ kind: 'rename', id: itemId(n), title: `Turn ${turn}` })

/** Renames of the first `rows` rows, one commit each; of those that are watched, each tells one subscriber. */
async function watchedTrial(client: Client, queries: number, rows: number): Promise<Trial> {
  let told = 0
  for (let n = 0; n < queries; n++) client.watch(itemId(n), () => told++)
  const runs = client.runs?.() ?? 0
  let turn = 0
  return {
    async sample() {
      const changes = Array.from({ length: BATCH }, () => {
        turn += 1
        return [rename((turn * 131) % rows, turn)]
      })
      told = 0
      const time = await timedEach(changes, (change) => client.commit(change))
      await client.settled()
      expectThat(told === (queries === 0 ? 0 : BATCH), `${told} of ${BATCH} subscribers were told`)
      return time / BATCH
    },
    figures() {
      if (!client.runs || queries === 0) return []
      return [{ name: 'queries run per change', value: (client.runs() - runs) / turn, unit: '', atMost: 1 }]
    },
    end: () => client.close(),
  }
}

/** One row changes while `queries` rows are watched: the commit, and its one subscriber told. */
function liveRow(queries: number): Row {
  return {
    name: `live-${queries}`,
    title: `${queries.toLocaleString('en')} live point queries, one row changes`,
    unit: 'µs',
    reference: 'raw',
    rounds: { warmup: 20, quick: 40, full: 150 },
    async start(contestant) {
      const client = await contestant.openClient?.(itemsFrom(0, ITEMS))
      return client ? watchedTrial(client, queries, queries || ITEMS) : null
    },
  }
}

const WATCHED = { quick: sizesOf(10, 10_000), full: sizesOf(10, 100, 1_000, 10_000) }

const unwatched: Contestant = { ...livefoldMemory, name: 'no queries' }

/**
 * The same against commits to the same rows that nobody watches. Those alone grow with the number of rows, and so do raw's writes: SQLite's
 * pages leave the processor's caches.
 */
const livePointsRow: Row = {
  name: 'live-points',
  title: 'live point queries, one row changes, against the same with none',
  unit: 'µs',
  reference: unwatched.name,
  rounds: { warmup: 200, quick: 60, full: 200 },
  sizes: WATCHED,
  contestants: [rawMemory, unwatched, livefoldMemory],
  async start(contestant, _, { n }) {
    const client = await contestant.openClient?.(itemsFrom(0, ITEMS))
    return client ? watchedTrial(client, contestant === livefoldMemory ? n : 0, n) : null
  },
}

/** How many rows change, whatever the number of queries: fewer than are ever watched. */
const FEW = 10

/** What grows with the number of queries alone: the rows that change are the same ten, however many are watched. */
const livePointsTenRow: Row = {
  name: 'live-points-ten',
  title: 'live point queries, one of the same ten rows changes',
  unit: 'µs',
  reference: unwatched.name,
  rounds: { warmup: 200, quick: 60, full: 200 },
  sizes: WATCHED,
  contestants: [unwatched, livefoldMemory],
  async start(contestant, _, { n }) {
    const client = await contestant.openClient?.(itemsFrom(0, ITEMS))
    return client ? watchedTrial(client, contestant === livefoldMemory ? n : 0, FEW) : null
  },
}

/** Reads definitions that were never read before, and keeps none of them live. */
const readsOnly: Contestant = { ...livefoldMemory, name: 'reads' }

/** Makes ready to mount; the result mounts, and gives the end of it. */
function mounting(contestant: Contestant, client: Client, ids: readonly string[]): (() => () => void) | undefined {
  if (contestant !== readsOnly) return client.mount?.(ids, () => {})
  const reads = ids.map((id) => client.reader(id))
  return () => {
    for (const read of reads) void read()
    return () => {}
  }
}

/** Queries are read for the first time and stay live; what ends them again is outside the clock. */
const mountRow: Row = {
  name: 'mount',
  title: 'mounting live point queries, all of them',
  unit: 'ms',
  reference: 'raw',
  rounds: { warmup: 20, quick: 15, full: 40 },
  sizes: { quick: sizesOf(1_000, 10_000), full: sizesOf(1_000, 10_000) },
  contestants: [rawMemory, readsOnly, livefoldMemory],
  async start(contestant, _, { n }) {
    // Every other time the other half: nothing is still known from the time before.
    const client = await contestant.openClient?.(itemsFrom(0, 2 * n))
    if (!client) return null
    let turn = 0
    return {
      sample() {
        turn += 1
        const ids = Array.from({ length: n }, (_, i) => itemId((turn % 2) * n + i))
        const mount = mounting(contestant, client, ids)
        let end: (() => void) | undefined
        const time = timed(() => {
          end = mount?.()
        })
        end?.()
        return time
      },
      end: () => client.close(),
    }
  },
}

export const liveRows: Row[] = [liveRow(0), liveRow(1_000), livePointsRow, livePointsTenRow, mountRow]
