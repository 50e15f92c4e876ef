import type { Row } from '../suite/row.ts'
import { timedAsync } from './timing.ts'

/** From a commit in one tab to the word of the other, whose query was told: what the way back takes is in it. */
export const tabRows: readonly Row[] = [
  {
    name: 'cross-tab',
    title: 'commit in one tab, told to a query in another, and word of it back',
    unit: 'ms',
    reference: 'broadcast',
    rounds: { warmup: 20, quick: 40, full: 200 },
    sizes: { quick: [size('from the leading tab', 1)], full: [size('from the leading tab', 1), size('to it', 0)] },
    async start(contestant, _, { parts = [] }) {
      const tabs = await contestant.openTabs?.({ leading: parts[0] === 1 })
      if (!tabs) return null
      return {
        async sample() {
          const time = await timedAsync(() => tabs.roundTrip())
          await tabs.settled()
          return time
        },
        end: () => tabs.close(),
      }
    },
  },
]

function size(label: string, leading: number) {
  return { label, n: 1, parts: [leading] }
}
