import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createStore, digestOf, type Store, type StoreError } from '@livefold/core'
import type { Line, SyncTransport } from '@livefold/core/adapter'
import { hostClock, hostRandom } from '@livefold/core/adapter'
import { createSyncServer, memoryLogStore, memoryTransport } from '@livefold/core/server'
import { platformSchema } from '@livefold/core/testing'
import { afterAll, expect, test } from 'vitest'
import { damage, draws } from '../../../scripts/file-damage.ts'
import { nodeAdapter } from './index.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

/** Damaged files. More: `DAMAGES=5000 npm run damage`; one again: `DAMAGE_SEED=17`. */
const DAMAGES = Number(process.env.DAMAGES ?? 320)
const SEED = process.env.DAMAGE_SEED
/** A store that opens, or goes back in step, later than this hangs, ms. */
const PATIENCE = 20_000

const schema = platformSchema(1)
const add = (id: string, label = id) => ({ name: 'v1.ItemAdded', args: { id, label, rank: 0 }, local: false })
const set = (key: string, value: unknown) => ({ name: 'v1.SettingSet', args: { key, value }, local: true })

const directory = temporaryDirectory()
afterAll(() => directory.remove())

/** A backend that can be out of reach. */
class Backend implements SyncTransport {
  readonly name = 'damage-test'
  readonly ordered = true
  #reachable = true
  readonly #waiting = new Set<() => void>()
  readonly #inner: SyncTransport

  constructor() {
    const [clock, random] = [hostClock(globalThis), hostRandom(globalThis)]
    const server = createSyncServer({ log: memoryLogStore({ random }), clock, random })
    this.#inner = memoryTransport(server, clock)
  }

  connect(events: Parameters<SyncTransport['connect']>[0]) {
    if (this.#reachable) return this.#inner.connect(events)
    let line: Line | null = null
    const connect = () => {
      line = this.#inner.connect(events)
    }
    this.#waiting.add(connect)
    const close = () => {
      this.#waiting.delete(connect)
      line?.close()
    }
    return { send: (text: string) => line?.send(text), close }
  }

  /** Lines that were asked for meanwhile come about. */
  reachable(is: boolean): void {
    this.#reachable = is
    if (!is) return
    for (const connect of this.#waiting) connect()
    this.#waiting.clear()
  }
}

interface Image {
  readonly path: string
  readonly backend: Backend | null
  /** Of all tables as its app saw them last, and of the synced ones once all is confirmed. */
  readonly digest: string
  readonly confirmed: string
  readonly head: number
  readonly pending: number
}

const images: Image[] = []

function open(path: string, sync: SyncTransport | null): Promise<Store> {
  const adapter = nodeAdapter({ directory: path, ...(sync && { sync }) })
  return createStore({ schema, storeId: 's', adapter, development: false })
}

/** A store with a log, part of it in the write-ahead log, local events, and pending ones where there is a backend. */
async function paint(name: string, backend: Backend | null): Promise<void> {
  const live = join(directory.path, `${name}-live`)
  let store = await open(live, backend)
  for (let i = 0; i < 150; i++) store.commit(add(`early ${i}`, 'x'.repeat(i * 3)), add(`with ${i}`))
  store.commit(set('a', { deep: [1, 2, 3] }))
  await store.settled()
  await store.close()
  store = await open(live, backend)
  for (let i = 0; i < 60; i++) await store.commit(add(`late ${i}`, 'y'.repeat(i))).confirmed
  backend?.reachable(false)
  await store.close()
  store = await open(live, backend)
  for (let i = 0; i < 25; i++) {
    await store.commit(add(`last ${i}`), { name: 'v1.ItemGone', args: { id: `early ${i}` }, local: false }).acked
    await store.commit(set(`k${i % 5}`, i)).acked
  }
  const digest = digestOf(store, { local: true })
  const [head, pending] = [store.status.upstreamHead.value, store.status.pending.value]
  const killed = join(directory.path, `${name}-killed`)
  cpSync(live, killed, { recursive: true })
  const confirmed = digestOf(store)
  await store.close()
  for (const path of [live, killed]) images.push({ path, backend, digest, confirmed, head, pending })
  if (!backend) return
  // Once, undamaged: the backend then has everything.
  const path = join(directory.path, `${name}-first`)
  cpSync(live, path, { recursive: true })
  backend.reachable(true)
  const first = await open(path, backend)
  await first.settled()
  await expect.poll(() => first.status.pending.value).toBe(0)
  await first.close()
}

function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing for ${PATIENCE} ms`)), PATIENCE)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** Opens a damaged copy of an image; gives what came of it. */
async function strike(seed: number): Promise<string> {
  const draw = draws(seed)
  const image = images[draw(images.length)] as Image
  const path = mkdtempSync(join(directory.path, 'struck-'))
  cpSync(image.path, path, { recursive: true })
  const what = damage(join(path, 's.sqlite'), draw)
  try {
    return await judge(image, path)
  } catch (cause) {
    const again = `DAMAGE_SEED=${seed} npm run damage`
    throw new Error(`${image.path.slice(directory.path.length)}, ${what}: ${(cause as Error).message} (${again})`, {
      cause,
    })
  } finally {
    rmSync(path, { recursive: true })
  }
}

async function judge(image: Image, path: string): Promise<string> {
  const { backend } = image
  backend?.reachable(false)
  const opened = await within(
    open(path, backend).catch((error: unknown) => error),
    'opening',
  )
  if (!(opened instanceof Error)) return look(opened as Store, image, path)
  expect(opened).toMatchObject({ name: 'StoreError', code: expect.stringMatching(/^storage\/(corrupt|version)$/) })
  // Refused: nothing is taken away.
  if ((opened as StoreError).code === 'storage/corrupt') expect(backend).toBeNull()
  expect(existsSync(join(path, 's.sqlite'))).toBe(true)
  return `refused ${(opened as StoreError).code}`
}

async function look(store: Store, image: Image, path: string): Promise<string> {
  const { backend } = image
  const seen = [digestOf(store, { local: true }), store.status.pending.value, store.status.upstreamHead.value]
  const same = JSON.stringify(seen) === JSON.stringify([image.digest, image.pending, image.head])
  const error = store.status.error.value
  try {
    if (error) {
      expect(error.code).toBe('storage/corrupt')
      expect(readdirSync(path)).toContain(String(error.details.kept).slice(path.length + 1))
    }
    if (!error || !backend) expect(seen).toEqual([image.digest, image.pending, image.head])
    if (backend) await within(backInStep(store, image, backend), 'going back in step')
    // And on it goes.
    await within(store.commit(set('more', 1)).confirmed, 'a commit')
  } finally {
    await store.close()
  }
  return error ? (same ? 'repaired, nothing lost' : 'repaired, loss reported') : 'undamaged or healed'
}

async function backInStep(store: Store, image: Image, backend: Backend): Promise<void> {
  backend.reachable(true)
  await expect
    .poll(() => [store.status.pending.value, store.status.upstreamHead.value], { timeout: PATIENCE, interval: 5 })
    .toEqual([0, image.head + image.pending])
  expect(digestOf(store)).toBe(image.confirmed)
}

test(`DUR-1 STATE-1 ${SEED ? `damage ${SEED}` : `${DAMAGES} damaged files`}: right, or reported and repaired, or refused; never silently wrong`, async () => {
  await paint('synced', new Backend())
  await paint('alone', null)
  const outcomes = new Map<string, number>()
  const seeds = SEED ? [Number(SEED)] : Array.from({ length: DAMAGES }, (_, i) => i + 1)
  for (const seed of seeds) {
    const outcome = await strike(seed)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  console.log(`seeds ${seeds[0]} to ${seeds.at(-1)}:`, Object.fromEntries(outcomes))
  // Checks that could not fail would show here.
  if (!SEED) expect(outcomes.get('repaired, loss reported')).toBeGreaterThan(0)
}, 900_000)
