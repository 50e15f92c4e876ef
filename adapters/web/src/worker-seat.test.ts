import { hostClock } from '@livefold/core/adapter'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WorkerDoctor } from './worker-doctor.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'
import { WorkerSeat } from './worker-seat.ts'

/** What the page sees of a worker. It says nothing but what a test has it say. */
class FakeWorker {
  onmessage: ((event: { data: FromWorker }) => void) | null = null
  onerror: ((event: { message: string }) => void) | null = null
  readonly heard: string[] = []
  terminated = false

  postMessage({ type }: ToWorker): void {
    this.heard.push(type)
  }

  terminate(): void {
    this.terminated = true
  }

  say(data: FromWorker): void {
    this.onmessage?.({ data })
  }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** With a doctor from the start, or one that comes `later`. */
function seat({ later = false, make }: { later?: boolean; make?: () => Worker } = {}) {
  const workers: FakeWorker[] = []
  const news: string[] = []
  const told: string[] = []
  const start = () => {
    const worker = new FakeWorker()
    workers.push(worker)
    return worker as unknown as Worker
  }
  const seat = new WorkerSeat({
    start: make ?? start,
    message: {
      type: 'start',
      storeId: 'a',
      storage: 'opfs',
      durability: 'normal',
      clientId: 'c',
      development: false,
    },
    module: Promise.resolve(null),
    clock: hostClock(globalThis),
    leading: (leading) => news.push(leading ? 'leads' : 'leads no more'),
  })
  const treat = () => {
    seat.doctor = new WorkerDoctor(seat, {
      late(error) {
        news.push(`late: ${error.retry}`)
        told.push(error.message)
      },
      failed(error) {
        news.push(`failed: ${error.code}`)
        told.push(error.message)
      },
    })
  }
  if (!later) treat()
  return { seat, treat, workers, news, told, worker: (n: number) => workers[n] as FakeWorker }
}

test('SYNC-2 a worker that never answers is started once more, and then told of; it may come yet', async () => {
  const { seat: it, workers, news, worker } = seat()
  it.open()
  await vi.advanceTimersByTimeAsync(4_999)
  expect([workers.length, news]).toEqual([1, []])
  await vi.advanceTimersByTimeAsync(1)
  expect([workers.length, worker(0).terminated, news]).toEqual([2, true, []])
  await vi.advanceTimersByTimeAsync(5_000)
  expect([workers.length, worker(1).terminated, news]).toEqual([2, false, ['late: restart']])
  await vi.advanceTimersByTimeAsync(60_000)
  worker(1).say({ type: 'alive' })
  worker(1).say({ type: 'leading' })
  expect([workers.length, news]).toEqual([2, ['late: restart', 'leads']])
  expect(worker(1).heard).toEqual(['start', 'module'])
})

test('a worker that answers is left alone, and nothing of the one before it is heard', async () => {
  const { seat: it, workers, news, worker } = seat()
  it.open()
  await vi.advanceTimersByTimeAsync(5_000)
  worker(1).say({ type: 'alive' })
  worker(0).say({ type: 'leading' })
  await vi.advanceTimersByTimeAsync(60_000)
  expect([workers.length, news, vi.getTimerCount()]).toEqual([2, [], 0])
})

test('a script that does not load twice is a failure, at once', () => {
  const { seat: it, workers, news, worker } = seat()
  it.open()
  worker(0).onerror?.({ message: 'not found' })
  worker(1).onerror?.({ message: 'not found' })
  expect([workers.length, news]).toEqual([2, ['failed: leader/lost']])
})

test('SYNC-2 a script that does not load is asked for again later, as by a page that is offline; it is told once', async () => {
  const { seat: it, workers, news, worker } = seat()
  it.open()
  worker(0).say({ type: 'alive' })
  it.terminate()
  it.open()
  worker(1).onerror?.({ message: 'not found' })
  for (let n = 2; n <= 4; n++) {
    worker(n).onerror?.({ message: 'not found' })
    await vi.advanceTimersByTimeAsync(5_000)
  }
  worker(5).say({ type: 'alive' })
  worker(5).say({ type: 'leading' })
  expect([workers.length, news]).toEqual([6, ['failed: leader/lost', 'leads']])
})

test('BND-1 closed while it waits to ask for the script again it leaves no timer', async () => {
  const { seat: it, worker } = seat()
  it.open()
  worker(0).onerror?.({ message: 'not found' })
  worker(1).onerror?.({ message: 'not found' })
  await it.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('LEAD-1 a frozen page has no worker: it is ended at once, and a fresh one stands for election afterwards', async () => {
  const { seat: it, workers, news, worker } = seat()
  it.open()
  worker(0).say({ type: 'alive' })
  worker(0).say({ type: 'leading' })
  it.terminate()
  expect([worker(0).terminated, news]).toEqual([true, ['leads', 'leads no more']])
  it.open()
  expect(workers).toHaveLength(2)
})

test('a leader that failed is replaced after a wait that doubles, up to 5 s', async () => {
  const { seat: it, workers, worker } = seat()
  it.open()
  const error = { code: 'storage/io', message: '', details: {}, retry: 'restart' } as const
  for (const wait of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
    const count = workers.length
    worker(count - 1).say({ type: 'alive' })
    worker(count - 1).say({ type: 'over', error })
    await vi.advanceTimersByTimeAsync(wait - 1)
    expect(workers).toHaveLength(count)
    await vi.advanceTimersByTimeAsync(1)
    expect(workers).toHaveLength(count + 1)
  }
})

test('BND-1 close lets the worker close its leader, ends it, and leaves no timer', async () => {
  const { seat: it, worker } = seat()
  it.open()
  worker(0).say({ type: 'alive' })
  const closing = it.close()
  expect(worker(0).heard.at(-1)).toBe('close')
  worker(0).say({ type: 'closed' })
  await closing
  expect([worker(0).terminated, vi.getTimerCount()]).toEqual([true, 0])
})

test('BND-1 a worker that does not close is ended after 2 s', async () => {
  const { seat: it, worker } = seat()
  it.open()
  worker(0).say({ type: 'alive' })
  const closing = it.close()
  await vi.advanceTimersByTimeAsync(2_000)
  await closing
  expect([worker(0).terminated, vi.getTimerCount()]).toEqual([true, 0])
})

test('SYNC-2 what a worker runs into waits for the doctor, whose code comes later', () => {
  const dead = seat({ later: true })
  dead.seat.open()
  dead.worker(0).onerror?.({ message: 'not found' })
  expect([dead.workers.length, dead.worker(0).terminated]).toEqual([1, true])
  dead.treat()
  expect(dead.workers).toHaveLength(2)
  dead.worker(1).onerror?.({ message: 'not found' })
  expect(dead.news).toEqual(['failed: leader/lost'])
})

test('SYNC-2 a worker that was late and answered before the doctor came is left alone', async () => {
  const late = seat({ later: true })
  late.seat.open()
  await vi.advanceTimersByTimeAsync(6_000)
  late.worker(0).say({ type: 'alive' })
  late.treat()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([late.workers.length, late.worker(0).terminated]).toEqual([1, false])
})

test('a page that comes back before the doctor is there has a fresh worker, and no trouble', async () => {
  const frozen = seat({ later: true })
  frozen.seat.open()
  frozen.worker(0).onerror?.({ message: 'not found' })
  frozen.seat.open()
  frozen.worker(1).say({ type: 'alive' })
  frozen.treat()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([frozen.workers.length, frozen.news]).toEqual([2, []])
})

test('SYNC-2 a function that gives no worker is told of as such', () => {
  const { seat: it, told } = seat({ make: () => undefined as unknown as Worker })
  it.open()
  expect(told).toEqual([expect.stringMatching(/did not start .*the function gave no worker.*new Worker/)])
})

test('SYNC-2 what is said of a worker that never answers names the call that it may lack', async () => {
  const { seat: it, told } = seat()
  it.open()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(told).toEqual([expect.stringMatching('call runLeaderWorker')])
})
