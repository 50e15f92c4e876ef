import { livefoldMemory } from '../livefold/livefold-memory.ts'
import type { Contestant, RebaseClient } from '../suite/contestant.ts'
import { type Row, roundsOf, type Setting, type Size, type Trial } from '../suite/row.ts'
import { type Change, type Item, itemsFrom, mixedChanges } from '../work/item.ts'
import { expectThat, timedAsync } from './timing.ts'

/** Numbers of the items: old ones, ones that pending commits add, ones that others add. */
const OLD = 10_000
const PENDING_FROM = 100_000
const UPSTREAM_FROM = 1_000_000

/** Commits that a size's repeated rounds come to, about. */
const REPEATED = 2_000

/** Pending commits × commits of others. */
function grid(pending: readonly number[], upstream: readonly number[]): Size[] {
  return pending.flatMap((p) => upstream.map((u) => sizeOf(p, u, p + u)))
}

function sizeOf(p: number, u: number, n: number): Size {
  return { label: `${p} × ${u}`, n, parts: [p, u], repeat: Math.max(1, Math.min(40, Math.round(REPEATED / (p + u)))) }
}

/** Growth is told over what comes: what is pending should not matter. */
function upstreamOf(...upstream: readonly number[]): Size[] {
  return upstream.map((u) => sizeOf(1_000, u, u))
}

interface Work {
  readonly pending: number
  readonly upstream: number
  /** Others rename items that the pending commits rename too: nothing commutes. */
  readonly overlapping: boolean
}

/** `warmup`: so many samples are not counted in its mean. */
async function rebaseTrial(
  opened: Promise<RebaseClient> | undefined,
  work: Work,
  warmup: number,
): Promise<Trial | null> {
  const client = await opened
  if (!client) return null
  const { upstream, overlapping } = work
  let bursts = 0
  let runs = 0
  const times: number[] = []
  return {
    async sample() {
      const from = UPSTREAM_FROM + bursts * upstream
      bursts += 1
      const started = client.materialized?.() ?? 0
      const changes = mixedChanges(upstream, from, overlapping ? 0 : OLD / 2, `upstream ${bursts}`)
      const time = await timedAsync(client.burst(changes))
      times.push(time)
      runs = Math.max(runs, (client.materialized?.() ?? 0) - started)
      return time
    },
    figures() {
      // Base moves in one burst of many, which a median does not show.
      const counted = times.slice(warmup)
      const mean = {
        name: 'mean',
        value: counted.reduce((sum, time) => sum + time, 0) / counted.length / 1_000,
        unit: 'ms',
      }
      if (!client.materialized) return [mean]
      const events = overlapping ? work.pending + upstream : upstream
      return [
        mean,
        { name: 'materializer runs per event', value: runs / events, unit: '', ...(overlapping ? { atMost: 1 } : {}) },
      ]
    },
    end() {
      checkFold(client.items(), bursts, work)
      return client.close()
    },
  }
}

/** What every order of work must end in: all additions, and the last rename of each side. */
function checkFold(items: readonly Item[], bursts: number, { pending, upstream, overlapping }: Work): void {
  const titles = new Map(items.map(({ id, title }) => [id, title]))
  const added = pending / 2 + (bursts * upstream) / 2
  expectThat(items.length === OLD + added, `${items.length} items after ${bursts} bursts`)
  expectThat(pending === 0 || titles.get('item-00000000') === 'Renamed pending 1', 'a pending commit lost its effect')
  const theirs = overlapping ? null : titles.get('item-00005000')
  expectThat(theirs === null || theirs === `Renamed upstream ${bursts} 1`, 'an upstream commit lost its effect')
}

const pendingOf = (count: number): Change[] => mixedChanges(count, PENDING_FROM, 0, 'pending')

function workOf({ parts = [] }: Size, overlapping: boolean): Work {
  const [pending = 0, upstream = 0] = parts
  return { pending, upstream, overlapping }
}

/** Rounds before those that count. */
const warmupOf = (row: Row, size: Size) => roundsOf(row, size, false).warmup

const POWERS = [10, 100, 1_000, 10_000]

const sessionRow: Row = {
  name: 'rebase-session',
  title: 'session rebase, pending × upstream on the same rows',
  unit: 'ms',
  reference: 'raw',
  rounds: { warmup: 3, quick: 8, full: 20 },
  sizes: { quick: grid([10, 1_000], [10, 1_000]), full: grid(POWERS, POWERS) },
  start(contestant, _, size) {
    const work = workOf(size, true)
    return rebaseTrial(
      contestant.openRebase?.(itemsFrom(0, OLD), pendingOf(work.pending)),
      work,
      warmupOf(sessionRow, size),
    )
  },
}

const nothingPending: Contestant = { ...livefoldMemory, name: 'none pending' }

const disjointRow: Row = {
  name: 'rebase-disjoint',
  title: 'session rebase, pending × upstream on other rows, against nothing pending',
  unit: 'ms',
  reference: nothingPending.name,
  rounds: { warmup: 5, quick: 12, full: 40 },
  sizes: { quick: upstreamOf(10, 1_000), full: upstreamOf(10, 100, 1_000) },
  contestants: [nothingPending, livefoldMemory],
  start(contestant, _, size) {
    const work = { ...workOf(size, false), ...(contestant === nothingPending ? { pending: 0 } : {}) }
    return rebaseTrial(
      contestant.openRebase?.(itemsFrom(0, OLD), pendingOf(work.pending)),
      work,
      warmupOf(disjointRow, size),
    )
  },
}

const leaderRow: Row = {
  name: 'rebase-leader',
  title: 'leader rebase on disk, pending × upstream',
  unit: 'ms',
  reference: 'raw',
  rounds: { warmup: 2, quick: 5, full: 12 },
  sizes: { quick: [...grid([100], [100]), ...grid([1_000], [1_000])], full: grid(POWERS.slice(1), POWERS.slice(1)) },
  start(contestant, setting: Setting, size) {
    const work = workOf(size, false)
    const directory = contestant.openDiskRebase ? setting.directory() : ''
    return rebaseTrial(
      contestant.openDiskRebase?.(directory, itemsFrom(0, OLD), pendingOf(work.pending)),
      work,
      warmupOf(leaderRow, size),
    )
  },
}

export const rebaseRows: Row[] = [sessionRow, disjointRow, leaderRow]
