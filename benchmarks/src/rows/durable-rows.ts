import type { Row } from '../suite/row.ts'
import { additions } from '../work/item.ts'
import { timed } from './timing.ts'

/** Durable events of one session (WAL, NORMAL), a fixed number in each transaction. */
function durableRow(perTransaction: number, synced: boolean): Row {
  const transactions = Math.max(10, 200 / perTransaction)
  return {
    name: `durable-${perTransaction}${synced ? '-synced' : ''}`,
    title: `leader, ${perTransaction} events a transaction${synced ? ', pending then confirmed' : ''}`,
    unit: 'events/s',
    reference: 'raw',
    rounds: { warmup: 2, quick: 10, full: 60 },
    async start(contestant, setting) {
      const journal = await contestant.openJournal?.(setting.directory(), { synced })
      if (!journal) return null
      let next = 0
      return {
        sample() {
          const writes = Array.from({ length: transactions }, (_, i) =>
            journal.write(additions(next + i * perTransaction, perTransaction)),
          )
          const events = transactions * perTransaction
          next += events
          return timed(() => writes.forEach((write) => void write())) / events
        },
        end: () => journal.close(),
      }
    },
  }
}

export const durableRows: Row[] = [
  durableRow(1, false),
  durableRow(100, false),
  durableRow(1, true),
  durableRow(100, true),
]
