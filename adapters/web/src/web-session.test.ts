import { defineEvents, defineSchema } from '@livefold/core'
import { hostClock, hostRandom } from '@livefold/core/adapter'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { storeNames } from './store-names.ts'
import { WebSession } from './web-session.ts'

const names = storeNames('page')
const schema = defineSchema({ version: 1, tables: {}, events: defineEvents({}), materializers: {} })

/** Of a worker that has not started yet. */
const worker = () => ({ postMessage() {}, terminate() {} }) as unknown as Worker

let page: EventTarget

beforeEach(() => {
  page = new EventTarget()
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }))
  vi.stubGlobal('window', page)
  vi.stubGlobal('localStorage', { getItem: () => null, setItem() {}, removeItem() {} })
})
afterEach(() => void vi.unstubAllGlobals())

function session(): WebSession {
  return new WebSession({
    names,
    schema,
    worker,
    leading() {},
    storage: 'opfs',
    durability: 'normal',
    development: false,
    module: Promise.resolve(null),
    clock: { ...hostClock(globalThis), close() {} },
    random: hostRandom(globalThis),
  })
}

const turn = (type: 'pagehide' | 'pageshow') => page.dispatchEvent(Object.assign(new Event(type), { persisted: true }))

async function locks(): Promise<number> {
  // Locks are given in the order in which they were asked for.
  await navigator.locks.request(`${names.session}last`, () => {})
  const { held = [], pending = [] } = await navigator.locks.query()
  return [...held, ...pending].filter(({ name }) => name?.startsWith(names.session)).length
}

test('BND-1 a page that is closed before it has its lock does not keep it', async () => {
  const closed = session()
  await closed.enter()
  expect(await locks()).toBe(1)
  turn('pagehide')
  turn('pageshow')
  await closed.close()
  await expect.poll(locks).toBe(0)
})

test('BND-1 a page that comes and goes holds one lock while it is there, and none while it is away', async () => {
  const restless = session()
  const entered = restless.enter()
  turn('pagehide')
  turn('pageshow')
  turn('pagehide')
  await entered
  await expect.poll(locks).toBe(0)
  turn('pageshow')
  turn('pagehide')
  turn('pageshow')
  await expect.poll(locks).toBe(1)
  await restless.close()
  await expect.poll(locks).toBe(0)
})
