import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { type Commit, type ConfirmedEvent, type EventId, eventNumber, splitCommits } from '../protocol/event-record.ts'
import { localEvents, syncedEvents } from '../replica/testing/arbitrary-events.ts'
import { confirmed, idOf } from '../replica/testing/author.ts'
import { Replay } from '../replica/testing/replay.ts'
import type { NewEvent } from '../schema/event.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { todoSchema } from '../testing/todo-schema.ts'
import type { LeaderNews, LeaderWork } from './leader-work.ts'
import { checkState, local, StateRig, synced } from './testing/state-rig.ts'

type Act =
  | { readonly type: 'commit'; readonly session: 0 | 1; readonly events: readonly NewEvent[] }
  | { readonly type: 'local'; readonly events: readonly NewEvent[] }
  | { readonly type: 'foreign'; readonly events: readonly NewEvent[]; readonly pulledOwn: boolean }
  | { readonly type: 'confirm' | 'reject' | 'push' | 'again' | 'overlap'; readonly count: number }

interface Step {
  readonly acts: readonly Act[]
  /** The medium fails at this call, and the next state is loaded from the file; null: it does not. */
  readonly failIn: number | null
  readonly reload: 'full' | 'log-only' | null
}

const count = fc.integer({ min: 1, max: 3 })
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('commit' as const),
      session: fc.constantFrom(0 as const, 1 as const),
      events: syncedEvents,
    }),
  },
  fc.record({ type: fc.constant('local' as const), events: localEvents }),
  fc.record({ type: fc.constant('foreign' as const), events: syncedEvents, pulledOwn: fc.boolean() }),
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('confirm' as const, 'push' as const), count }) },
  fc.record({ type: fc.constantFrom('reject' as const, 'again' as const, 'overlap' as const), count }),
)
const step: fc.Arbitrary<Step> = fc.record({
  acts: fc.array(act, { minLength: 1, maxLength: 4 }),
  failIn: fc.option(fc.nat(60), { freq: 4 }),
  reload: fc.constantFrom(null, null, 'full' as const, 'log-only' as const),
})

/** Work as sessions and upstream would hand it in now, one after the other in one burst. */
function workOf(rig: StateRig, acts: readonly Act[]): LeaderWork[] {
  const work: LeaderWork[] = []
  // What upstream may count on: its view moves with the work it has handed in.
  let { head } = rig.state
  const pending = [...rig.state.pending]
  const confirmable = () => pending.splice(0, 1)[0]
  for (const one of acts) {
    if (one.type === 'commit') work.push(synced(rig.commit(one.session, ...one.events)))
    else if (one.type === 'local') {
      const commit = rig.commit(0, ...one.events)
      work.push(local(commit))
    } else if (one.type === 'again') {
      const known = [...rig.made.values()].at(-one.count)
      const of = known && rig.authors.findIndex(({ sessionId }) => known[0]!.sessionId === sessionId)
      if (known && of !== 2) work.push({ type: 'commit', local: isLocal(known), events: known })
    } else if (!rig.synced) {
      // No backend: nothing comes from upstream.
    } else if (one.type === 'foreign') {
      const own = one.pulledOwn ? confirmable() : undefined
      if (own) rig.pushed.add(idOf(own))
      const commit = own ?? rig.commit(2, ...one.events)
      work.push({ type: 'receive', events: confirmed(commit, head + 1) })
      head += commit.length
    } else if (one.type === 'overlap') {
      const from = Math.max(0, rig.state.head - one.count)
      work.push({ type: 'receive', events: rig.state.read(from, one.count) })
    } else if (one.type === 'push') {
      for (const commit of pending.slice(0, one.count)) for (const event of commit) rig.pushed.add(event.id)
    } else if (one.type === 'confirm') {
      const events = pending.splice(0, one.count).flat()
      for (const event of events) rig.pushed.add(event.id)
      work.push({ type: 'confirm', ids: events.map(({ id }) => id), from: head + 1 })
      head += events.length
    } else if (one.type === 'reject') {
      const commit = confirmable()
      if (commit)
        work.push({ type: 'reject', eventId: commit.at(-1)!.id, error: new StoreError('sync/rejected', 'no') })
    }
  }
  return work
}

const isLocal = (commit: Commit) => todoSchema.events.get(commit[0]!.name)!.local

/** What a session would hold, by the deltas alone. */
class Mirror {
  pending: EventId[] = []
  confirmed: EventId[] = []

  hear(news: LeaderNews): void {
    expect(news.after).toBe(this.confirmed.length)
    this.pending.push(...news.pendingAdded.map(({ id }) => id))
    for (const { id } of news.confirmed) this.confirmed.push(id)
    const gone = new Set([...news.confirmed.map(({ id }) => id), ...news.rejected.flatMap(({ ids }) => ids)])
    this.pending = this.pending.filter((id) => !gone.has(id))
  }
}

function checkLog(rig: StateRig, before: readonly ConfirmedEvent[], acked: ReadonlySet<EventId>): void {
  const log = rig.log()
  // LOG-2: what was confirmed stays as it was.
  expect(log.slice(0, before.length)).toEqual(before)
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, i) => i + 1))
  // LOG-3: whole commits; LOG-4: as they were made.
  const commits = [...splitCommits(log).commits, ...rig.state.pending]
  for (const commit of commits) {
    expect(commit.map(({ seq: _, ...event }: Partial<ConfirmedEvent>) => event)).toEqual(rig.made.get(idOf(commit)))
  }
  for (const { sessionId } of rig.authors) {
    const numbers = commits.flat().flatMap((event) => (event.sessionId === sessionId ? [eventNumber(event.id)] : []))
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  }
  // LOG-1: each acked event is in one place.
  const places = [
    ...commits.flat().map(({ id }) => id),
    ...[...acked].filter((id) => rig.state.file.verdicts.rejectionOf(id) !== null),
  ]
  expect(new Set(places).size).toBe(places.length)
  expect([...acked].filter((id) => !places.includes(id))).toEqual([])
  // The file says the same.
  expect(rig.state.file.pending.commitsAfter(0)).toEqual(rig.state.pending)
  const locals = rig.state.file.local.commitsAfter(0).map(idOf)
  expect(new Set(locals).size).toBe(locals.length)
}

test('LOG-1 LOG-2 LOG-3 LOG-4 STATE-1 whatever comes in, and whatever fails', async () => {
  const replay = new Replay(openMemory(), todoSchema)
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 10 }), fc.boolean(), async (steps, withBackend) => {
      const rig = await new StateRig(withBackend).boot()
      const acked = new Set<EventId>()
      const mirror = new Mirror()
      for (const one of steps) {
        const before = rig.log()
        const bytes = rig.file.serialize()
        const work = workOf(rig, one.acts)
        rig.driver.failIn = one.failIn
        try {
          mirror.hear(rig.apply(...work))
          for (const item of work) {
            if (item.type === 'commit' && !item.local) for (const event of item.events) acked.add(event.id)
          }
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'storage/io' })
          // STATE-2: all or nothing.
          expect(rig.file.serialize()).toEqual(bytes)
          rig.load()
          rig.driver.failIn = null
          mirror.hear(rig.apply(...work))
          for (const item of work) {
            if (item.type === 'commit' && !item.local) for (const event of item.events) acked.add(event.id)
          }
        }
        rig.driver.failIn = null
        expect(mirror.pending).toEqual(rig.state.pending.flat().map(({ id }) => id))
        expect(mirror.confirmed).toEqual(rig.log().map(({ id }) => id))
        if (one.reload !== null) {
          rig.pushed = new Set(rig.state.pending.map(idOf))
          await rig.boot(one.reload === 'log-only')
          mirror.hear(rig.apply())
        }
        checkLog(rig, before, acked)
        if (!rig.logOnly) checkState(rig, replay)
      }
      rig.close()
    }),
    { numRuns: 250 },
  )
}, 300_000)
