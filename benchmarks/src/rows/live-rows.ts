import type { Row } from '../suite/row.ts'
import { itemId, itemsFrom } from '../work/item.ts'
import { expectThat, timed } from './timing.ts'

const ITEMS = 10_000
const BATCH = 50

/** One row changes while `queries` other rows and itself are watched: the commit, and its one subscriber told. */
function liveRow(queries: number): Row {
  return {
    name: `live-${queries}`,
    title: `${queries.toLocaleString('en')} live point queries, one row changes`,
    unit: 'µs',
    reference: 'raw',
    rounds: { warmup: 20, quick: 40, full: 150 },
    async start(contestant) {
      const client = await contestant.openClient?.(itemsFrom(0, ITEMS))
      if (!client) return null
      let told = 0
      for (let n = 0; n < queries; n++) client.watch(itemId(n), () => told++)
      let turn = 0
      return {
        async sample() {
          const changes = Array.from({ length: BATCH }, () => {
            turn += 1
            return [{ kind: 'rename', id: itemId((turn * 131) % (queries || ITEMS)), title: `Turn ${turn}` }] as const
          })
          told = 0
          const time = timed(() => changes.forEach((change) => void client.commit(change)))
          expectThat(told === (queries === 0 ? 0 : BATCH), `${told} of ${BATCH} subscribers were told`)
          await client.settled()
          return time / BATCH
        },
        end: () => client.close(),
      }
    },
  }
}

export const liveRows: Row[] = [liveRow(0), liveRow(1_000)]
