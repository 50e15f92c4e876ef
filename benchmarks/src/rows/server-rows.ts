import type { Row } from '../suite/row.ts'
import { timedAsync } from './timing.ts'

const WRITERS = 50
/** Events of one push. */
const EVENTS = 100

function serverRow(stores: number, row: Omit<Row, 'unit' | 'reference' | 'start'>): Row {
  return {
    ...row,
    unit: 'events/s',
    reference: 'raw',
    async start(contestant, setting) {
      const writers = await contestant.openWriters?.(setting.directory(), { writers: WRITERS, stores })
      if (!writers) return null
      return {
        sample: async () => (await timedAsync(() => writers.round(EVENTS))) / (WRITERS * EVENTS),
        figures: async () => (await writers.figures?.()) ?? [],
        end: () => writers.close(),
      }
    },
  }
}

export const serverRows: Row[] = [
  serverRow(WRITERS, {
    name: 'server-50-stores',
    title: 'server, FULL: 50 writers, a store each, 100 events a push',
    rounds: { warmup: 2, quick: 8, full: 30 },
  }),
  serverRow(1, {
    name: 'server-1-store',
    title: 'server, FULL: 50 writers of one store, 100 events a push',
    // So many that compilers and the server's memory have come to rest.
    rounds: { warmup: 20, quick: 5, full: 60 },
    slow: true,
  }),
]
