import type { Client } from '../suite/contestant.ts'
import type { Row } from '../suite/row.ts'
import { additions, type Change, itemId, itemsFrom } from '../work/item.ts'
import { expectThat, timedAsync, timedEach } from './timing.ts'

/** Items in a client before it is measured. */
const ITEMS = 10_000

/** Commits of one sample: what waits for the leader meanwhile stays short, as in an app. */
const BATCH = 100

type Measure = (client: Client, commits: readonly (readonly Change[])[]) => Promise<number>

function commitRow(row: Omit<Row, 'reference' | 'start'>, events: number, commits: number, measure: Measure): Row {
  return {
    ...row,
    reference: 'raw',
    async start(contestant) {
      const client = await contestant.openClient?.(itemsFrom(0, ITEMS))
      if (!client) return null
      let next = ITEMS
      return {
        async sample() {
          const batch = Array.from({ length: commits }, (_, i) => additions(next + i * events, events))
          next += commits * events
          const time = await measure(client, batch)
          return time / (commits * events)
        },
        async end() {
          // Not before: a query that was read once is kept current, and these rows are of commits without any.
          const last = await client.read(itemId(next - 1))
          expectThat(last !== undefined, 'the last item that was committed is not there')
          await client.close()
        },
      }
    },
  }
}

/** The calls alone; what they left to do is done outside the clock. */
async function callsOnly(client: Client, commits: readonly (readonly Change[])[]): Promise<number> {
  const time = await timedEach(commits, (commit) => client.commit(commit))
  await client.settled()
  return time
}

/** The calls, and all that comes of them in this thread. */
function untilSettled(client: Client, commits: readonly (readonly Change[])[]): Promise<number> {
  return timedAsync(async () => {
    for (const commit of commits) {
      const done = client.commit(commit)
      if (done) await done
    }
    await client.settled()
  })
}

export const commitRows: Row[] = [
  commitRow(
    {
      name: 'commit-1',
      title: 'commit of one event, the call',
      unit: 'µs',
      rounds: { warmup: 30, quick: 60, full: 200 },
    },
    1,
    BATCH,
    callsOnly,
  ),
  commitRow(
    {
      name: 'commit-1-settled',
      title: 'commit of one event, until confirmed',
      unit: 'µs',
      rounds: { warmup: 20, quick: 40, full: 150 },
    },
    1,
    BATCH,
    untilSettled,
  ),
  commitRow(
    {
      name: 'commit-loop',
      title: '10,000 commits in a loop, until confirmed, each',
      unit: 'µs',
      rounds: { warmup: 0, quick: 2, full: 10 },
    },
    1,
    10_000,
    untilSettled,
  ),
  commitRow(
    {
      name: 'commit-10k',
      title: '10,000 events in one commit, each',
      unit: 'µs',
      rounds: { warmup: 1, quick: 3, full: 15 },
    },
    10_000,
    1,
    callsOnly,
  ),
]
