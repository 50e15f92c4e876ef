import type { StoredLog } from '../suite/contestant.ts'
import type { Row } from '../suite/row.ts'
import { additions, type Change, itemId } from '../work/item.ts'
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

type Verb = Exclude<keyof StoredLog, 'close'>

function storedRow(verb: Verb, events: number, row: Omit<Row, 'name' | 'unit' | 'reference' | 'start'>): Row {
  return {
    ...row,
    name: `${verb}-${events / 1_000}k`,
    unit: 'ms',
    reference: 'raw',
    async start(contestant, setting) {
      const log = logOf(events)
      const stored = await contestant.store?.(setting.directory(), log)
      if (!stored) return null
      const last = log.at(-1)
      const id = last?.kind === 'rename' ? last.id : itemId(STATE - 1)
      const title = last?.kind === 'rename' ? last.title : last?.item.title
      return {
        async sample() {
          const { item, ms } = await stored[verb](id)
          expectThat(item?.title === title, `after ${verb} the last event's effect is missing`)
          return ms * 1_000
        },
        end() {},
      }
    },
  }
}

export const storedRows: Row[] = [
  storedRow('boot', 10_000, {
    title: 'boot of 10k events to the first query',
    rounds: { warmup: 2, quick: 8, full: 25 },
  }),
  storedRow('boot', 100_000, {
    title: 'boot of 100k events to the first query',
    rounds: { warmup: 2, quick: 8, full: 25 },
    slow: true,
  }),
  storedRow('rebuild', 10_000, {
    title: 'rebuild of 10k events after a schema change',
    rounds: { warmup: 1, quick: 3, full: 15 },
  }),
  storedRow('rebuild', 100_000, {
    title: 'rebuild of 100k events after a schema change',
    rounds: { warmup: 1, quick: 3, full: 10 },
    slow: true,
  }),
]
