import type { Contestant } from '../src/suite/contestant.ts'
import { OtherTab } from './other-tab.ts'

/** One message to the other tab and one back: the least that two tabs need. */
export const broadcast: Contestant = {
  name: 'broadcast',
  async openTabs() {
    const other = new OtherTab()
    return {
      roundTrip: () => other.ask({ type: 'ping' }, 'echo'),
      settled() {},
      close: () => other.close(),
    }
  },
}
