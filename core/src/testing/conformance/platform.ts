import { StoreError } from '../../base/errors.ts'
import type { Adapter } from '../../store/adapter.ts'
import { type CreateStoreOptions, createStore, deleteStore } from '../../store/create-store.ts'
import { digestOf } from '../../store/digest-of.ts'
import type { Store } from '../../store/store.ts'
import { platformEvents as events, items, platformSchema, settings } from './platform-schema.ts'
import type { TestApi } from './test-api.ts'

/** A fresh place for data, and the adapters that lead to it. */
export interface PlatformFixture {
  /** An adapter on this place; each call another one, as another process would have it. `version` is its leader's schema. */
  adapter(version: 1 | 2): Adapter
  /** Data outlives the last session. */
  readonly persistent: boolean
  /** Ends the leader of the newest adapter without a word; missing where a leader cannot die alone. */
  readonly killLeader?: () => Promise<void>
  release(): Promise<void>
}

/** Runs every scenario of the platform contract (`store/adapter.ts`): what apps may rely on wherever they run. */
export function platformConformance(name: string, open: () => Promise<PlatformFixture>, api: TestApi): void {
  const { expect } = api

  function scenario(title: string, body: (place: Place) => Promise<void>): void {
    api.it(title, async () => {
      const place = new Place(await open())
      try {
        await body(place)
      } finally {
        await place.release()
      }
    })
  }

  api.describe(`platform: ${name}`, () => {
    scenario('a fresh store is empty and ready', async (place) => {
      const store = await place.open()
      expect(store.query(items.count())).toBe(0)
      expect([store.status.phase.value, store.status.connection.value]).toEqual(['ready', 'none'])
      expect([store.status.upstreamHead.value, store.status.pending.value]).toEqual([0, 0])
    })

    scenario('a commit shows at once, is acked and confirmed', async (place) => {
      const store = await place.open()
      const receipt = store.commit(add('a'), add('b'))
      expect(labels(store)).toEqual(['a', 'b'])
      await receipt.acked
      await receipt.confirmed
      await store.settled()
      expect(store.status.upstreamHead.value).toBe(2)
    })

    scenario('DUR-1 what was acked is there when the store is opened again', async (place) => {
      const store = await place.open()
      await store.commit(add('a'), add('b')).acked
      await store.commit(setting('k', { deep: [1, null] })).acked
      const { clientId, sessionId } = store
      const digest = digestOf(store, { local: true })
      await store.close()
      if (!place.persistent) return
      const again = await place.open()
      expect(digestOf(again, { local: true })).toBe(digest)
      expect(again.clientId).toBe(clientId)
      expect(again.sessionId === sessionId).toBe(false)
      expect(again.query(settings.where({ key: 'k' }).first())?.value).toEqual({ deep: [1, null] })
    })

    scenario('DUR-1 an orderly close loses nothing committed just before', async (place) => {
      const store = await place.open()
      for (let i = 0; i < 200; i++) store.commit(add(`n${i}`))
      await store.close()
      if (!place.persistent) return
      expect((await place.open()).query(items.count())).toBe(200)
    })

    scenario('a second session of the adapter shares the leader', async (place) => {
      const [a, b] = [await place.open(), await place.open()]
      expect(a.clientId).toBe(b.clientId)
      expect(a.sessionId === b.sessionId).toBe(false)
      const [mine, yours] = [a.commit(add('a')), b.commit(add('b'))]
      await Promise.all([mine.confirmed, yours.confirmed])
      for (const store of [a, b]) await head(store, 2)
      expect(digestOf(a)).toBe(digestOf(b))
    })

    scenario('a session that comes late has all there is, and the others’ local events', async (place) => {
      const first = await place.open()
      await first.commit(add('a')).confirmed
      await first.commit(setting('k', 1)).confirmed
      const late = await place.open()
      expect(labels(late)).toEqual(['a'])
      expect(digestOf(late, { local: true })).toBe(digestOf(first, { local: true }))
      await late.commit(setting('k', 2)).confirmed
      await until(first, settings.where({ key: 'k', value: 2 }).count(), 1)
    })

    scenario('the leader stays while one session is left', async (place) => {
      const [a, b] = [await place.open(), await place.open()]
      await a.commit(add('a')).confirmed
      await a.close()
      await b.commit(add('b')).confirmed
      expect(labels(b)).toEqual(['a', 'b'])
    })

    scenario('subscribers of one session hear of another’s commit, once', async (place) => {
      const [a, b] = [await place.open(), await place.open()]
      const heard: number[] = []
      b.subscribe(items.count(), (count) => heard.push(count))
      a.commit(add('a'), add('b'))
      await until(b, items.count(), 2)
      expect(heard).toEqual([0, 2])
    })

    scenario('ISO-1 two stores of one adapter know nothing of each other', async (place) => {
      const [a, b] = [await place.open({ storeId: 'a' }), await place.open({ storeId: 'A' })]
      await a.commit(add('x')).confirmed
      await b.commit(add('y'), add('z')).confirmed
      expect([labels(a), labels(b)]).toEqual([['x'], ['y', 'z']])
    })

    scenario('ISO-1 odd store ids are ids like others', async (place) => {
      const ids = ['../up', '.', 'ü 库/🗂\\%2E', '库'.repeat(200)]
      for (const storeId of ids) {
        const store = await place.open({ storeId })
        expect(store.query(items.count())).toBe(0)
        await store.commit(add(storeId)).acked
        await store.close()
        if (!place.persistent) continue
        const again = await place.open({ storeId })
        expect(labels(again)).toEqual([storeId])
        await again.close()
      }
    })

    scenario('a store id that no platform takes is refused', async (place) => {
      for (const storeId of ['', 'x'.repeat(201), 'a\u0000b', 'a\ud800b']) {
        expect(await codeOf(place.open({ storeId }))).toBe('schema/invalid')
      }
    })

    scenario('deleting removes all data, and another clientId follows', async (place) => {
      const store = await place.open()
      await store.commit(add('a')).confirmed
      const { clientId } = store
      await store.close()
      await deleteStore({ storeId: 's', adapter: place.adapter })
      const again = await place.open()
      expect([again.query(items.count()), again.status.upstreamHead.value]).toEqual([0, 0])
      expect(again.clientId === clientId).toBe(false)
    })

    scenario('an open store is not deleted', async (place) => {
      const store = await place.open()
      await store.commit(add('a')).confirmed
      expect(await codeOf(deleteStore({ storeId: 's', adapter: place.adapter }))).toBe('storage/locked')
      expect(labels(store)).toEqual(['a'])
    })

    scenario('what was never there is deleted without complaint', async (place) => {
      await deleteStore({ storeId: 'never', adapter: place.adapter })
    })

    scenario('a store is opened while its last session is closing', async (place) => {
      const store = await place.open()
      store.commit(add('a'))
      const closing = store.close()
      const again = await place.open()
      await closing
      if (place.persistent) expect(labels(again)).toEqual(['a'])
      await again.commit(add('b')).confirmed
    })

    scenario('a newer version rebuilds the state from the log, and tells how far it is', async (place) => {
      const store = await place.open()
      for (let n = 0; n < 5_000; n += 500) {
        const many = Array.from({ length: 500 }, (_, i) => add(`n${n + i}`))
        await store.commit(...many).acked
      }
      await store.commit(setting('k', 'kept')).confirmed
      await store.close()
      if (!place.persistent) return
      place.turnOver(2)
      const shares: (number | null)[] = []
      const newer = await place.open({ onOpening: ({ rebuild }) => rebuild.subscribe((share) => shares.push(share)) })
      expect(shares.some((share) => share !== null)).toBe(true)
      expect(shares.at(-1)).toBe(null)
      expect(newer.query(items.where({ id: 'n7' }).first())?.label).toBe('N7')
      expect(newer.query(items.count())).toBe(5_000)
      expect(newer.query(settings.where({ key: 'k' }).first())?.value).toBe('kept')
      expect([newer.status.phase.value, newer.status.rebuild.value]).toEqual(['ready', null])
      await newer.close()
      // Once rebuilt it stays so; an older app goes on with the log, and touches no state.
      place.turnOver(1)
      const older = await place.open()
      expect(older.query(items.where({ id: 'n7' }).first())?.label).toBe('n7')
      await older.commit(add('old')).confirmed
      await older.close()
      place.turnOver(2)
      const last = await place.open()
      expect(last.query(items.where({ id: 'old' }).first())?.label).toBe('OLD')
    })

    scenario('the stream of events goes through sessions and boots', async (place) => {
      const store = await place.open()
      const [a, b] = [store.commit(add('a')), store.commit(add('b'), add('c'))]
      await store.settled()
      const ids = [...a.ids, ...b.ids]
      expect(await take(store, 3)).toEqual(ids)
      await store.close()
      if (!place.persistent) return
      const again = await place.open()
      const more = again.commit(add('d'))
      expect(await take(again, 4)).toEqual([...ids, ...more.ids])
    })

    scenario('large things pass: a commit of 3,000 events, and one event of 900 kB', async (place) => {
      const [a, b] = [await place.open(), await place.open()]
      await a.commit(...Array.from({ length: 3_000 }, (_, i) => add(`n${i}`))).confirmed
      await a.commit(events.itemAdded({ id: 'big', label: 'x'.repeat(900_000), rank: 0 })).confirmed
      await head(b, 3_001)
      expect(b.query(items.where({ id: 'big' }).first())?.label.length).toBe(900_000)
    })

    scenario('after close every use is refused, and closing again is harmless', async (place) => {
      const store = await place.open()
      await store.close()
      await store.close()
      const uses: (() => unknown)[] = [() => store.commit(add('a')), () => store.query(items), () => digestOf(store)]
      for (const use of uses) {
        expect(await codeOf(Promise.resolve().then(use))).toBe('store/closed')
      }
      expect(store.status.phase.value).toBe('closed')
    })

    scenario(
      'DUR-1 LOG-1 a leader that dies is followed by another: nothing acked is lost, nothing doubled',
      async (place) => {
        const store = await place.open()
        if (!place.killLeader) return
        const acked: Promise<void>[] = []
        for (let i = 0; i < 60; i++) {
          acked.push(store.commit(add(`n${i}`), add(`m${i}`)).confirmed)
          if (i % 20 === 10) {
            await acked[i - 5]
            await place.killLeader()
          }
        }
        await Promise.all(acked)
        expect(store.status.upstreamHead.value).toBe(120)
        expect(store.query(items.count())).toBe(120)
        expect(store.status.leader.value > 1).toBe(true)
        await store.close()
        const again = await place.open()
        expect([again.query(items.count()), again.status.upstreamHead.value]).toEqual([120, 120])
      },
    )
  })
}

const add = (id: string) => events.itemAdded({ id, label: id, rank: 0 })
const setting = (key: string, value: unknown) => events.settingSet({ key, value })
const labels = (store: Store) => store.query(items.orderBy('id')).map((item) => item.label)

/** A fixture with its adapter of the moment and the stores to close. */
class Place {
  adapter: Adapter
  readonly #fixture: PlatformFixture
  readonly #stores: Store[] = []
  #version: 1 | 2 = 1

  constructor(fixture: PlatformFixture) {
    this.#fixture = fixture
    this.adapter = fixture.adapter(1)
  }

  get persistent(): boolean {
    return this.#fixture.persistent
  }

  get killLeader(): (() => Promise<void>) | undefined {
    return this.#fixture.killLeader
  }

  async open(options: Partial<CreateStoreOptions> = {}): Promise<Store> {
    const schema = platformSchema(this.#version)
    const store = await createStore({ schema, storeId: 's', adapter: this.adapter, ...options })
    this.#stores.push(store)
    return store
  }

  /** Another release of the app. */
  turnOver(version: 1 | 2): void {
    this.#version = version
    this.adapter = this.#fixture.adapter(version)
  }

  async release(): Promise<void> {
    for (const store of this.#stores) await store.close()
    await this.#fixture.release()
  }
}

function until<Q>(store: Store, query: Q, wanted: unknown): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe(query, (value) => {
      if (value !== wanted) return
      // Not within the first call, when there is nothing to stop yet.
      void Promise.resolve().then(() => stop())
      resolve()
    })
  })
}

function head(store: Store, seq: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.status.upstreamHead.subscribe((now) => {
      if (now < seq) return
      void Promise.resolve().then(() => stop())
      resolve()
    })
  })
}

async function take(store: Store, count: number): Promise<string[]> {
  const ids: string[] = []
  for await (const event of store.events()) {
    ids.push(event.id)
    if (ids.length === count) break
  }
  return ids
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (thrown) {
    return thrown instanceof StoreError ? thrown.code : thrown
  }
  return 'nothing was thrown'
}
