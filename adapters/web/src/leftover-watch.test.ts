import { hostClock, type UnackedCommit, type Wait } from '@livefold/core/adapter'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LeftoverKeeper } from './leftover-keeper.ts'
import { LeftoverWatch } from './leftover-watch.ts'
import { LEFTOVER_LIMIT } from './leftovers.ts'

let page: EventTarget

beforeEach(() => {
  vi.useFakeTimers()
  page = new EventTarget()
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }))
  vi.stubGlobal('window', page)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const commit = (size: number): UnackedCommit => ({
  local: false,
  events: [{ id: 's.1', name: 'v1.X', args: 'x'.repeat(size), clientId: 'c', sessionId: 's', parent: 0, at: 0 }],
})

/** Whether the browser asks before the page is left. */
const asks = () => !page.dispatchEvent(new Event('beforeunload', { cancelable: true }))

function watched(size: number) {
  let commits = [commit(size)]
  let waits: readonly Wait[] = []
  const keeper = new LeftoverKeeper('k', {
    unacked: () => commits,
    hasUnacked: () => commits.length > 0,
    wait: (told) => {
      waits = told
    },
  })
  const watch = new LeftoverWatch(keeper, hostClock(globalThis))
  watch.changed()
  return {
    keeper,
    waits: () => waits.map(({ code }) => code),
    ack() {
      commits = []
      watch.changed()
    },
  }
}

test('DUR-1 more than can be left behind is said, and asked about when the page is left, until the leader has it', async () => {
  const much = watched(LEFTOVER_LIMIT)
  expect(asks()).toBe(true)
  await vi.advanceTimersByTimeAsync(500)
  expect(much.waits()).toEqual(['storage'])
  much.ack()
  expect(asks()).toBe(false)
  await vi.advanceTimersByTimeAsync(500)
  expect([much.waits(), vi.getTimerCount()]).toEqual([[], 0])
})

test('DUR-1 what can be left behind is left without a word', async () => {
  const little = watched(10)
  await vi.advanceTimersByTimeAsync(500)
  expect([asks(), little.waits()]).toEqual([false, []])
})

test('BND-1 a session that is over asks nothing more, and leaves no timer', () => {
  vi.stubGlobal('localStorage', { setItem() {}, removeItem() {} })
  const much = watched(LEFTOVER_LIMIT)
  much.keeper.close()
  expect([asks(), vi.getTimerCount()]).toEqual([false, 0])
})
