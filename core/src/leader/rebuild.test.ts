import { afterEach, describe, expect, test } from 'vitest'
import { FORMAT_VERSION } from '../eventlog/tables.ts'
import type { ConfirmedEvent } from '../protocol/event-record.ts'
import { Author, confirmed, idOf } from '../replica/testing/author.ts'
import { Replay, rowsOf } from '../replica/testing/replay.ts'
import { integer, text } from '../schema/column.ts'
import { event } from '../schema/event.ts'
import type { AnySchema } from '../schema/schema.ts'
import { defineSchema } from '../schema/schema.ts'
import { table } from '../schema/table.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { counters, todoEvents as events, todoSchema, withMaterializers } from '../testing/todo-schema.ts'
import type { BootOptions } from './boot.ts'
import { boot, loadState } from './testing/boot-file.ts'
import { failingDriver } from './testing/failing-driver.ts'

const open: { close(): void }[] = []

afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

function memory(): SqliteDriver {
  const driver = openMemory()
  open.push(driver)
  return driver
}

const author = () => new Author(todoSchema, 's')

/** The todo schema, one version on: other materializers, tables as `change` makes them. */
function nextVersion(change: Partial<AnySchema> = {}): AnySchema {
  const version = todoSchema.version + 1
  return { ...todoSchema, version, hash: `hash of version ${version}`, ...change }
}

/** A file with a quarantined commit at 2, a local one, and something pending. */
async function usedFile() {
  const driver = memory()
  const me = author()
  const state = loadState(driver, todoSchema, await boot(driver, todoSchema))
  const log = [me.commit(events.counted({ id: 1, by: 1 })), me.commit(events.countedUnlessOdd({ id: 1 }))]
  const pending = me.commit(events.counted({ id: 2, by: 5 }))
  const local = me.commit(events.draftPut({ key: 'k', value: 7 }))
  state.apply([
    { type: 'receive', events: [...confirmed(log[0]!, 1), ...confirmed(log[1]!, 2)] },
    { type: 'commit', local: false, events: pending },
    { type: 'commit', local: true, events: local },
  ])
  expect(state.quarantined.map(({ seq }) => seq)).toEqual([2])
  return { driver, log, pending, local }
}

const mended = withMaterializers(nextVersion(), (materializer, name) =>
  name === 'v1.CountedUnlessOdd' ? ({ id }) => counters.upsert({ id, value: 100 }) : materializer,
)

describe('another version of the schema', () => {
  test('STATE-1 rebuilds the state from the log; a mended materializer lifts the quarantine', async () => {
    const { driver, log, pending, local } = await usedFile()
    const older = loadState(driver, todoSchema, { ...(await boot(driver, todoSchema)), logOnly: true })
    const unapplied = new Author(todoSchema, 't').commit(events.draftCounted({ key: 'k', by: 1 }))
    older.apply([{ type: 'commit', local: true, events: unapplied }])
    const locals = [local, unapplied]
    const progress: number[] = []
    const state = loadState(driver, mended, await boot(driver, mended, { progress: (done) => progress.push(done) }))
    expect(progress.at(0)).toBe(0)
    expect(progress.at(-1)).toBe(1)
    expect(state.quarantined).toEqual([])
    const replay = new Replay(memory(), mended)
    expect(rowsOf(driver, mended)).toEqual(replay.rows(log, locals))
    expect([state.base, state.head]).toEqual([2, 2])
    // Pending is applied by the first transaction; the local log is not applied twice.
    state.apply([])
    expect(rowsOf(driver, mended)).toEqual(replay.rows(log, [pending], locals))
  })

  test('tries quarantined commits again, and keeps those that still throw', async () => {
    const { driver } = await usedFile()
    const same = nextVersion()
    const state = loadState(driver, same, await boot(driver, same))
    expect(state.quarantined).toMatchObject([{ seq: 2, error: { code: 'materializer/failed' } }])
  })

  test('replaces tables: dropped, added and changed ones', async () => {
    const { driver, log } = await usedFile()
    const lists = table('lists', { id: text().primaryKey() })
    const wide = table('counters', { id: integer().primaryKey(), value: integer(), note: text().default('new') })
    const tables = new Map([...todoSchema.tables, ['lists', lists], ['counters', wide]] as never) as AnySchema['tables']
    ;(tables as Map<string, unknown>).delete('handles')
    const schema = nextVersion({
      tables,
      syncedTables: [...tables.values()].filter((one) => !one.local),
    })
    await boot(driver, schema)
    const names = driver
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'livefold_*'")
      .values()
    expect(names.flat().sort()).toEqual([...tables.keys()].sort())
    expect(rowsOf(driver, schema).get('counters')).toEqual([[1, 1, 'new']])
    expect(log).toHaveLength(2)
  })

  test('LOG-3 gives commits with events that were unknown their effect once a schema knows them', async () => {
    const driver = memory()
    const state = loadState(driver, todoSchema, await boot(driver, todoSchema))
    const noted = event('v2.Noted', {
      '~standard': { version: 1, vendor: 't', validate: (value: unknown) => ({ value: value as object }) },
    })
    const [first, second] = author().commit(events.counted({ id: 1, by: 1 }), events.counted({ id: 1, by: 1 }))
    const strange = { ...second!, name: 'v2.Noted' }
    state.apply([{ type: 'receive', events: confirmed([first!, strange], 1) }])
    expect(rowsOf(driver, todoSchema).get('counters')).toEqual([])
    expect(state.quarantined).toEqual([])

    const newer = defineSchema({
      version: 1,
      tables: todoSchema.definitions.tables,
      events: { ...todoSchema.definitions.events, noted },
      materializers: {
        ...(Object.fromEntries(
          Object.entries(todoSchema.definitions.events).map(([name, { name: wire }]) => [
            name,
            todoSchema.materializers.get(wire),
          ]),
        ) as object),
        noted: () => counters.upsert({ id: 9, value: 9 }),
      } as never,
    })
    expect(newer.hash).not.toBe(todoSchema.hash)
    await boot(driver, newer)
    expect(rowsOf(driver, newer).get('counters')).toEqual([
      [1, 1],
      [9, 9],
    ])
  })

  test('STATE-2 a crash anywhere in a rebuild leaves the old state, and the next boot gets through', async () => {
    let crashes = 0
    for (let failIn = 0; ; failIn++) {
      const { driver, log, local } = await usedFile()
      const before = rowsOf(driver, todoSchema)
      const undo = driver.prepare('SELECT * FROM livefold_undo').values()
      const failing = failingDriver(driver)
      failing.failIn = failIn
      let booted: unknown = null
      try {
        booted = await boot(failing, mended)
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'storage/io' })
      }
      if (failing.failIn !== null) {
        expect(booted).not.toBeNull()
        break
      }
      crashes += 1
      // After a failed DETACH the work is done; everywhere else nothing of it is there.
      const version = driver.prepare("SELECT value FROM livefold_meta WHERE key = 'version'").value()
      if (version === todoSchema.version) {
        expect(rowsOf(driver, todoSchema)).toEqual(before)
        expect(driver.prepare('SELECT * FROM livefold_undo').values()).toEqual(undo)
      }
      // A new process opens the file: what hung on the old connection is gone.
      const next = memory()
      next.deserialize(driver.serialize())
      await boot(next, mended)
      expect(rowsOf(next, mended)).toEqual(new Replay(memory(), mended).rows(log, [local]))
    }
    expect(crashes).toBeGreaterThan(20)
  })

  test('LEAD-1 a leader that is deposed during its rebuild writes nothing', async () => {
    const { driver } = await usedFile()
    const before = rowsOf(driver, todoSchema)
    const pause = async () => {
      driver.exec("UPDATE livefold_meta SET value = value + 1 WHERE key = 'epoch'")
    }
    await expect(boot(driver, mended, { pause })).rejects.toMatchObject({ code: 'leader/lost' })
    expect(rowsOf(driver, todoSchema)).toEqual(before)
  })
})

describe('boot', () => {
  test('gives a file its names once, and each leader a new epoch', async () => {
    const driver = memory()
    const first = await boot(driver, todoSchema)
    const second = await boot(driver, todoSchema)
    expect(second).toEqual({ ...first, epoch: first.epoch + 1 })
  })

  test('a stored version above ours is led log-only, and its tables stay', async () => {
    const { driver } = await usedFile()
    await boot(driver, mended)
    const before = rowsOf(driver, mended)
    const old = await boot(driver, todoSchema)
    expect(old.logOnly).toBe(true)
    const state = loadState(driver, todoSchema, old)
    const late = confirmed(new Author(todoSchema, 't').commit(events.counted({ id: 1, by: 1 })), 3)
    state.apply([{ type: 'receive', events: late }])
    expect(state.base).toBeNull()
    expect(rowsOf(driver, mended)).toEqual(before)

    const next = loadState(driver, mended, await boot(driver, mended))
    next.apply([])
    const log = next.read(0, 10).map((one: ConfirmedEvent) => [one])
    expect(log.map(idOf)).toContain('t.1')
    expect(rowsOf(driver, mended)).toEqual(
      new Replay(memory(), mended).rows(log, next.pending, next.file.local.commitsAfter(0)),
    )
  })

  test('a file of a newer format is refused and left as it is', async () => {
    const { driver } = await usedFile()
    driver.exec(`UPDATE livefold_meta SET value = ${FORMAT_VERSION + 1} WHERE key = 'format'`)
    const bytes = driver.serialize()
    const refused: Partial<BootOptions> = { progress: () => expect.unreachable() }
    await expect(boot(driver, mended, refused)).rejects.toMatchObject({ code: 'storage/version' })
    expect(driver.serialize()).toEqual(bytes)
  })
})
