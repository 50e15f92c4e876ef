import { afterEach, expect, test } from 'vitest'
import { digestOf } from '../../store/digest-of.ts'
import { counters, drafts, items, simEvents, simSchema } from './sim-schema.ts'
import { loadSimSqlite } from './sim-sqlite.ts'
import { Stage, type StageOptions } from './stage.ts'

const openMemory = await loadSimSqlite()
const stages: Stage[] = []
afterEach(() => {
  for (const stage of stages.splice(0)) stage.release()
})

function stageFor(options: Partial<StageOptions> = {}): Stage {
  const stage = new Stage({ openMemory, ...options })
  stages.push(stage)
  return stage
}

const bump = (by: number) => simEvents.bumped({ id: 'c', by })

test('LOG-1 a duplicated tab that draws the same session id takes another one, and both are confirmed', async () => {
  const stage = stageFor()
  const client = stage.client(simSchema)
  const one = await stage.open(client, simSchema)
  const first = one.session.commit([bump(1)])
  const two = await stage.open(client, simSchema, one.session)
  expect(two.store.sessionId).not.toBe(one.store.sessionId)
  const second = two.session.commit([bump(1)])
  await stage.settle()
  expect([first?.confirmed, second?.confirmed]).toEqual([true, true])
  expect(await stage.log()).toHaveLength(2)
  expect(digestOf(one.store)).toBe(digestOf(two.store))
})

test('LOG-1 a session that draws the id of one that is gone takes another one', async () => {
  const stage = stageFor()
  const client = stage.client(simSchema)
  const one = await stage.open(client, simSchema)
  one.session.commit([bump(1)])
  one.session.commit([simEvents.draftSet({ key: 'd', value: 1 })])
  await stage.settle()
  one.session.crash()
  await stage.run(1_000)
  const two = await stage.open(client, simSchema, one.session)
  const second = two.session.commit([bump(2)])
  const local = two.session.commit([simEvents.draftSet({ key: 'd', value: 2 })])
  await stage.settle()
  expect([second?.confirmed, local?.confirmed]).toEqual([true, true])
  expect(two.store.query(drafts).map(({ value }) => value)).toEqual([2])
  expect(await stage.log()).toHaveLength(2)
})

test('LOG-1 STATE-1 of two clients whose sessions drew one id, the later commit is rejected and told, and the session goes on', async () => {
  for (const delays of [
    [5, 60],
    [60, 5],
    [20, 20],
  ]) {
    const stage = stageFor({ delays })
    const one = await stage.open(stage.client(simSchema), simSchema)
    const other = stage.client(simSchema)
    const two = await stage.open(other, simSchema, one.session)
    // It sees what its client's other tab does.
    const beside = await stage.open(other, simSchema)
    expect(two.store.sessionId).toBe(one.store.sessionId)
    const told: string[] = []
    for (const { store } of [one, two]) store.on('rejected', ({ error }) => told.push(error.code))
    const put = (id: string) => simEvents.itemPut({ id, title: id, rank: 0, owner: null, done: false })
    const twins = [one.session.commit([put('one')]), two.session.commit([put('two')])]
    await stage.settle()
    const late = two.session.commit([bump(5)])
    const more = one.session.commit([bump(7)])
    await stage.settle()
    const confirmed = twins.filter((record) => record?.confirmed)
    const rejected = twins.filter((record) => record?.rejected?.code === 'sync/id-conflict')
    expect([confirmed.length, rejected.length]).toEqual([1, 1])
    expect(told).toContain('sync/id-conflict')
    // Under the same id or another: what comes later is in the log, or was told to have no place there.
    for (const record of [late, more]) expect(record?.confirmed || record?.rejected?.code).toBeTruthy()
    const winner = confirmed[0] === twins[0] ? 'one' : 'two'
    for (const { store } of [one, two, beside]) {
      expect(store.query(items).map(({ id }) => id)).toEqual([winner])
      expect(digestOf(store)).toBe(digestOf(one.store))
    }
    expect(beside.store.query(counters).length).toBeLessThanOrEqual(1)
  }
})
