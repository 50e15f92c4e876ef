import { describe, expect, test } from 'vitest'
import { memoryLogStore } from '../server/memory-log-store.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { seededRandom } from '../testing/virtual-clock.ts'
import { notes, notesSchema } from './testing/notes-schema.ts'
import { add, world } from './testing/world.ts'

describe('verdicts', () => {
  test('LOG-1 a commit the server refuses is taken back whole, told once, and others go on', async () => {
    const { clock, client } = world({
      validate: (_, batch) => {
        if (batch.some((event) => (event.args as { text?: string }).text === 'bad')) throw new Error('not that')
      },
    })
    const store = await client().open()
    const told: { ids: readonly string[]; own: boolean; code: string }[] = []
    store.on('rejected', ({ ids, own, error }) => told.push({ ids, own, code: error.code }))
    const good = store.commit(add('a'))
    const bad = store.commit(add('b'), add('c', 'bad'))
    const after = store.commit(add('d'))
    expect(store.query(notes.count())).toBe(4)
    await clock.run(10_000)
    await good.confirmed
    await after.confirmed
    await bad.acked
    await expect(bad.confirmed).rejects.toMatchObject({ code: 'sync/rejected' })
    await store.settled()
    expect(store.query(notes.orderBy('id')).map((note) => note.id)).toEqual(['a', 'd'])
    expect(told).toEqual([{ ids: bad.ids, own: true, code: 'sync/rejected' }])
    expect(store.status.pending.value).toBe(0)
  })

  const poisoned = {
    onNote: (text: string) => {
      if (text === 'poison') throw new Error('it is poison')
    },
  }

  test('a commit that throws at the leader before it was ever pushed is rejected there', async () => {
    const { clock, backend, client } = world()
    const mine = client(backend, notesSchema(poisoned))
    mine.schema = notesSchema()
    mine.lead(notesSchema(poisoned))
    const store = await mine.open()
    const receipt = store.commit(add('a', 'poison'))
    const other = store.commit(add('b'))
    await clock.run(1_000)
    await expect(receipt.acked).rejects.toMatchObject({ code: 'materializer/failed' })
    await other.confirmed
    expect(store.query(notes.orderBy('id')).map(({ id }) => id)).toEqual(['b'])
    expect(store.status.upstreamHead.value).toBe(1)
  })

  test('LOG-1 one that an earlier leader may have pushed is not rejected either, when the file of that leader is lost', async () => {
    const log = memoryLogStore({ random: seededRandom(9) })
    const append = log.append.bind(log)
    let answered = () => {}
    log.append = async (...push) => {
      const result = await append(...push)
      answered()
      return result
    }
    const { clock, backend, client } = world({ log })
    const mine = client()
    const store = await mine.open()
    const told: unknown[] = []
    store.on('rejected', (rejected) => told.push(rejected))
    // The backend takes it, and its answer is lost with the leader.
    answered = () => backend.cut()
    const receipt = store.commit(add('a', 'poison'))
    await clock.run(10)
    expect([(await log.head('s')).seq, store.status.upstreamHead.value]).toEqual([1, 0])
    mine.schema = notesSchema(poisoned)
    mine.file = openMemory()
    await mine.crash()
    await clock.run(10)
    backend.reachable = true
    await clock.run(60_000)
    await receipt.confirmed
    expect(told).toEqual([])
    expect(store.status.quarantined.value.map(({ seq }) => seq)).toEqual([1])
  })

  test('LOG-1 one that may have been pushed is never rejected: it ends confirmed and quarantined', async () => {
    const { clock, backend, client } = world()
    const mine = client()
    const store = await mine.open()
    backend.cut()
    const receipt = store.commit(add('a', 'poison'), add('b'))
    await clock.run(10)
    await receipt.acked
    const told: number[] = []
    store.on('quarantined', (commits) => told.push(...commits.map(({ seq }) => seq)))
    // The next leader cannot know what the last one sent.
    mine.schema = notesSchema(poisoned)
    await mine.crash()
    backend.reachable = true
    const stranger = await client().open()
    stranger.commit(add('z'))
    await clock.run(1)
    expect(stranger.status.upstreamHead.value).toBe(1)
    await clock.run(60_000)
    await receipt.confirmed
    expect(told).toEqual([2])
    expect(store.status.quarantined.value.map(({ seq, ids }) => [seq, ids])).toEqual([[2, receipt.ids]])
    expect(store.status.pending.value).toBe(0)
  })

  test('LOG-3 a pulled commit that throws is quarantined whole; the next boot works; a mended version brings its effect', async () => {
    const { clock, backend, client } = world()
    const author = await client().open()
    const reader = client(backend, notesSchema(poisoned))
    let store = await reader.open()
    const told: (readonly string[])[] = []
    store.on('quarantined', (commits) => told.push(...commits.map(({ ids }) => ids)))
    const bad = author.commit(add('a', 'poison'), add('b'))
    author.commit(add('c'))
    await clock.run(1_000)
    expect(told).toEqual([bad.ids])
    const shown = () => store.query(notes.orderBy('id')).map(({ id }) => id)
    expect(shown()).toEqual(['c'])
    for (const [version, ids] of [
      [1, ['c']],
      [2, ['a', 'b', 'c']],
    ] as const) {
      const closing = store.close()
      await clock.run(1_000)
      await closing
      reader.schema = notesSchema(version === 1 ? { version, ...poisoned } : { version })
      store = await reader.open()
      expect(shown()).toEqual(ids)
      expect(store.status.quarantined.value.length).toBe(version === 1 ? 1 : 0)
    }
    store.commit(add('d'))
    await clock.run(1_000)
    expect(author.query(notes.count())).toBe(4)
  })
})
