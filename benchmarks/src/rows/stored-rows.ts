import type { StoredLog } from '../suite/contestant.ts'
import type { Row, Size } from '../suite/row.ts'
import { additions, type Change, itemAt, itemId } from '../work/item.ts'
import { expectThat } from './timing.ts'

/** Rows of the state, whatever the log's length. */
const STATE = 10_000

/** A log whose first events add all items, and whose others rename them. */
function logOf(events: number): Change[] {
  const renames = Array.from({ length: events - STATE }, (_, i): Change => {
    return { kind: 'rename', id: itemId(i % STATE), title: `Renamed ${i}` }
  })
  return [...additions(0, STATE), ...renames]
}

const eventsOf = (...counts: readonly number[]): Size[] =>
  counts.map((n) => ({ label: `${(n / 1_000).toLocaleString('en')}k events`, n }))

type Verb = Exclude<keyof StoredLog, 'close'>

function storedRow(verb: Verb, row: Omit<Row, 'name' | 'unit' | 'reference' | 'start'>): Row {
  return {
    ...row,
    name: verb,
    unit: 'ms',
    reference: 'raw',
    async start(contestant, setting, { n }) {
      if (!contestant.store) return null
      const log = logOf(n)
      const stored = await contestant.store(setting.directory(), log)
      const last = log.at(-1)
      const id = last && last.kind !== 'add' ? last.id : itemId(STATE - 1)
      const title = last?.kind === 'rename' ? last.title : itemAt(STATE - 1).title
      let stall = 0
      return {
        async sample() {
          const { item, ms, stallMs = 0 } = await stored[verb](id)
          stall = Math.max(stall, stallMs)
          expectThat(item?.title === title, `after ${verb} the last event's effect is missing`)
          return ms * 1_000
        },
        figures: () => (stall > 0 ? [{ name: 'longest that the page did not answer', value: stall, unit: 'ms' }] : []),
        end() {},
      }
    },
  }
}

export const storedRows: Row[] = [
  storedRow('boot', {
    title: 'boot to the first query, 10k rows of state',
    rounds: { warmup: 40, quick: 12, full: 40 },
    sizes: { quick: eventsOf(10_000, 100_000), full: eventsOf(10_000, 100_000, 1_000_000) },
  }),
  storedRow('rebuild', {
    title: 'rebuild after a schema change, 10k rows of state',
    rounds: { warmup: 1, quick: 3, full: 12 },
    sizes: { quick: eventsOf(10_000), full: eventsOf(10_000, 100_000) },
  }),
]
