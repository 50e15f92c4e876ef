import type { Contestant, RebaseClient } from '../suite/contestant.ts'
import type { Row, Setting } from '../suite/row.ts'
import { type Change, type Item, itemsFrom, mixedChanges } from '../work/item.ts'
import { expectThat, timed } from './timing.ts'

/** Numbers of the items: old ones, ones that pending commits add, ones that others add. */
const OLD = 4_000
const PENDING_FROM = 100_000
const UPSTREAM_FROM = 1_000_000

type Open = (
  contestant: Contestant,
  setting: Setting,
  items: readonly Item[],
  pending: readonly Change[],
) => Promise<RebaseClient> | undefined

function rebaseRow(row: Omit<Row, 'reference' | 'start' | 'unit'>, size: number, open: Open): Row {
  return {
    ...row,
    unit: 'ms',
    reference: 'raw',
    async start(contestant, setting) {
      const pending = mixedChanges(size, PENDING_FROM, 0, 'pending')
      const client = await open(contestant, setting, itemsFrom(0, OLD), pending)
      if (!client) return null
      let bursts = 0
      return {
        sample() {
          const from = UPSTREAM_FROM + bursts * size
          bursts += 1
          return timed(client.burst(mixedChanges(size, from, OLD / 2, `upstream ${bursts}`)))
        },
        end() {
          checkFold(client.items(), bursts, size)
          return client.close()
        },
      }
    },
  }
}

/** What every order of work must end in: all additions, and the last rename of each side. */
function checkFold(items: readonly Item[], bursts: number, size: number): void {
  const titles = new Map(items.map(({ id, title }) => [id, title]))
  expectThat(items.length === OLD + ((1 + bursts) * size) / 2, `${items.length} items after ${bursts} bursts`)
  expectThat(titles.get('item-00000000') === 'Renamed pending 1', 'a pending commit lost its effect')
  expectThat(titles.get('item-00002000') === `Renamed upstream ${bursts} 1`, 'an upstream commit lost its effect')
}

const SIZE = 1_000

export const rebaseRows: Row[] = [
  rebaseRow(
    {
      name: 'rebase-session',
      title: 'session rebase, 1,000 pending × 1,000 upstream',
      rounds: { warmup: 5, quick: 15, full: 40 },
    },
    SIZE,
    (contestant, _, items, pending) => contestant.openRebase?.(items, pending),
  ),
  rebaseRow(
    {
      name: 'rebase-leader',
      title: 'leader rebase on disk, 1,000 × 1,000',
      rounds: { warmup: 2, quick: 6, full: 20 },
    },
    SIZE,
    (contestant, setting, items, pending) => contestant.openDiskRebase?.(setting.directory(), items, pending),
  ),
]
