import { afterEach, describe, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { Author, confirmed, idOf } from '../replica/testing/author.ts'
import { Replay, rowsOf } from '../replica/testing/replay.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { todoEvents as events, todoSchema } from '../testing/todo-schema.ts'
import { checkState, local, StateRig, synced } from './testing/state-rig.ts'

const rigs: StateRig[] = []

afterEach(() => {
  for (const rig of rigs.splice(0)) rig.close()
})

function opened(withBackend = true): Promise<StateRig> {
  const rig = new StateRig(withBackend)
  rigs.push(rig)
  return rig.boot()
}

describe('LeaderState', () => {
  test('LEAD-1 a deposed leader changes nothing', async () => {
    const rig = await opened()
    rig.apply(synced(rig.commit(0, events.counted({ id: 1, by: 1 }))))
    const deposed = rig.state
    await rig.boot()
    const bytes = rig.file.serialize()
    const work = [
      synced(rig.commit(0, events.counted({ id: 1, by: 1 }))),
      local(rig.commit(0, events.draftPut({ key: 'a', value: 1 }))),
    ]
    expect(() => deposed.apply(work)).toThrow(expect.objectContaining({ code: 'leader/lost', retry: 'restart' }))
    expect(rig.file.serialize()).toEqual(bytes)
  })

  test('STATE-2 a full disk in the middle of a commit judges nobody and leaves nothing behind', async () => {
    const rig = await opened()
    rig.apply(synced(rig.commit(0, events.counted({ id: 1, by: 1 }))))
    const rows = rowsOf(rig.file, todoSchema)
    const pages = Number(rig.file.prepare('PRAGMA page_count').value())
    rig.file.exec(`PRAGMA max_page_count = ${pages + 40}`)
    const big = rig.commit(
      0,
      ...Array.from({ length: 20 }, (_, i) => events.todoPut({ id: `${i}`, title: 'x'.repeat(5_000), rank: 0 })),
    )
    expect(() => rig.apply(synced(big))).toThrow(expect.objectContaining({ code: 'storage/full' }))
    expect(rowsOf(rig.file, todoSchema)).toEqual(rows)
    rig.file.exec('PRAGMA max_page_count = 1000000')
    rig.load()
    expect(rig.state.pending).toHaveLength(1)
    expect(rig.apply(synced(big))).toMatchObject({ rejected: [], pendingAdded: big })
  })

  test('LOG-1 a commit that throws is rejected whole, unless it was pushed: then it is quarantined', async () => {
    const rig = await opened()
    const odd = rig.commit(0, events.counted({ id: 1, by: 1 }))
    const fails = () => rig.commit(0, events.todoDone({ id: 'a', done: true }), events.countedUnlessOdd({ id: 1 }))
    const [never, pushed] = [fails(), fails()]
    rig.pushed.add(idOf(pushed))
    const news = rig.apply(synced(odd), synced(never), synced(pushed))
    expect(news.rejected).toEqual([
      { ids: never.map(({ id }) => id), error: expect.objectContaining({ code: 'materializer/failed' }) },
    ])
    expect(news.pendingAdded).toEqual([...odd, ...pushed])
    // Sent again, its sender alone hears the same.
    const sender = {}
    const again = rig.apply({ type: 'commit', local: false, events: never, from: sender })
    expect(again.rejected).toEqual([])
    expect(again.refused).toEqual([{ from: sender, commit: news.rejected[0] }])

    const ids = [...odd, ...pushed].map(({ id }) => id)
    expect(rig.apply({ type: 'confirm', ids, from: 1 }).quarantined).toEqual([
      { seq: 2, ids: pushed.map(({ id }) => id), error: expect.objectContaining({ code: 'materializer/failed' }) },
    ])
    expect(rig.state.quarantined).toHaveLength(1)
    // Neither stops the next boot.
    await rig.boot()
    expect(rig.state.quarantined).toHaveLength(1)
    expect(rig.apply().quarantined).toEqual([])
  })

  test('a quarantined commit that is taken back with its undo record is reported once', async () => {
    const rig = await opened()
    const odd = rig.commit(0, events.counted({ id: 1, by: 1 }))
    const poison = rig.commit(0, events.countedUnlessOdd({ id: 1 }))
    const last = rig.commit(0, events.counted({ id: 2, by: 1 }))
    for (const commit of [odd, poison, last]) rig.pushed.add(idOf(commit))
    // One transaction, one record; two of its three commits are confirmed, so it stays.
    rig.apply(synced(odd), synced(poison), synced(last))
    expect(rig.apply({ type: 'confirm', ids: [idOf(odd), idOf(poison)], from: 1 }).quarantined).toHaveLength(1)
    const foreign = confirmed(rig.commit(2, events.counted({ id: 2, by: 2 })), 3)
    expect(rig.apply({ type: 'receive', events: foreign }).quarantined).toEqual([])
    expect(rig.state.quarantined).toHaveLength(1)
  })

  test('STATE-2 a transaction that is rolled back leaves nothing in quarantine', async () => {
    const rig = await opened()
    const odd = rig.commit(0, events.counted({ id: 1, by: 1 }))
    const poison = rig.commit(0, events.countedUnlessOdd({ id: 1 }))
    for (const commit of [odd, poison]) rig.pushed.add(idOf(commit))
    rig.apply(synced(odd), synced(poison))
    const confirm = { type: 'confirm', ids: [idOf(odd), idOf(poison)], from: 1 } as const
    const transaction = rig.driver.transaction.bind(rig.driver)
    rig.driver.transaction = (run) =>
      transaction(() => {
        run()
        throw new StoreError('storage/full', 'at its commit')
      })
    expect(() => rig.apply(confirm)).toThrow(expect.objectContaining({ code: 'storage/full' }))
    expect(rig.state.quarantined).toEqual([])
    rig.driver.transaction = transaction
    rig.load()
    expect(rig.apply(confirm).quarantined).toHaveLength(1)
    expect(rig.state.quarantined).toHaveLength(1)
  })

  test('LOG-1 what is confirmed in a burst is not rejected by the same burst', async () => {
    const rig = await opened()
    const commit = rig.commit(0, events.counted({ id: 1, by: 1 }))
    rig.apply(synced(commit))
    const news = rig.apply(
      { type: 'confirm', ids: [idOf(commit)], from: 1 },
      { type: 'reject', eventId: idOf(commit), error: new StoreError('sync/rejected', 'no') },
    )
    expect(news.rejected).toEqual([])
    expect(rig.state.file.verdicts.rejectionOf(idOf(commit))).toBeNull()
  })

  test('a transaction that was rolled back forgets no push', async () => {
    const rig = await opened()
    const commit = rig.commit(0, events.counted({ id: 1, by: 1 }), events.counted({ id: 1, by: 1 }))
    rig.apply(synced(commit))
    for (const { id } of commit) rig.pushed.add(id)
    // The last thing that the transaction writes: the commit is in the log by then, and out of pending.
    rig.file.exec("CREATE TRIGGER full BEFORE DELETE ON livefold_undo BEGIN SELECT RAISE(ABORT, 'no'); END")
    const confirm = { type: 'confirm' as const, ids: commit.map(({ id }) => id), from: 1 }
    expect(() => rig.apply(confirm)).toThrow()
    expect(rig.pushed.has(idOf(commit))).toBe(true)
    rig.file.exec('DROP TRIGGER full')
    rig.load()
    rig.apply(confirm)
    expect([...rig.pushed]).toEqual([])
  })

  test('two events of one id and different content are a conflict, told to the later one', async () => {
    const rig = await opened()
    const [first, second] = [new Author(todoSchema, 'twin'), new Author(todoSchema, 'twin')]
    rig.apply(synced(first.commit(events.counted({ id: 1, by: 1 }))))
    const news = rig.apply(synced(second.commit(events.counted({ id: 1, by: 2 }))))
    expect(news.refused).toMatchObject([{ commit: { ids: ['twin.1'], error: { code: 'sync/id-conflict' } } }])
    expect(news.rejected).toEqual([])
    expect(rig.state.pending).toHaveLength(1)
  })

  test('SESS-1 who sent a local event is not taken for the sender of another’s of its id', async () => {
    const rig = await opened()
    const [ours, theirs] = [new Author(todoSchema, 'twin'), new Author(todoSchema, 'twin')]
    const news = rig.apply(
      { type: 'commit', local: true, events: ours.commit(events.draftPut({ key: 'a', value: 1 })), from: rig },
      { type: 'receive', events: confirmed(theirs.commit(events.counted({ id: 1, by: 1 })), 1) },
    )
    expect([news.local.length, news.confirmed.length, news.senders.size]).toEqual([1, 1, 0])
  })

  test('STATE-1 the full leader after a log-only one catches up: synced, pending and local', async () => {
    const rig = await opened()
    rig.apply(
      synced(rig.commit(0, events.counted({ id: 1, by: 1 }))),
      synced(rig.commit(0, events.counted({ id: 1, by: 2 }))),
    )
    await rig.boot(true)
    const rows = rowsOf(rig.file, todoSchema)
    const [base, undo] = ['base', 'undo'].map((what) =>
      what === 'base' ? rig.state.file.meta.get('base') : rig.file.prepare('SELECT * FROM livefold_undo').values(),
    )
    rig.apply(
      { type: 'receive', events: confirmed(rig.commit(2, events.counted({ id: 1, by: 3 })), 1) },
      synced(rig.commit(0, events.counted({ id: 1, by: 4 }))),
      local(rig.commit(0, events.draftPut({ key: 'a', value: 1 }))),
      { type: 'reject', eventId: 'ann.1', error: new StoreError('sync/rejected', 'no') },
    )
    expect(rowsOf(rig.file, todoSchema)).toEqual(rows)
    expect(rig.state.file.meta.get('base')).toBe(base)
    expect(rig.file.prepare('SELECT * FROM livefold_undo').values()).toEqual(undo)

    await rig.boot(false)
    rig.apply()
    checkState(rig, new Replay(openMemory(), todoSchema))
    expect(rowsOf(rig.file, todoSchema).get('drafts')).toEqual([['a', 1]])
  })

  test('without a backend a commit is confirmed at once; one that throws gets no place', async () => {
    const rig = await opened(false)
    const good = rig.commit(0, events.counted({ id: 1, by: 1 }))
    const bad = rig.commit(0, events.countedUnlessOdd({ id: 1 }))
    const news = rig.apply(synced(good), synced(bad))
    expect(news.confirmed).toEqual(confirmed(good, 1))
    expect(news.rejected).toMatchObject([{ ids: [idOf(bad)] }])
    expect([rig.state.head, rig.state.base]).toEqual([1, 1])
  })
})
