import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { EventRecord } from '@livefold/core/adapter'
import type { AppendResult, LogHead } from '@livefold/core/server'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { checkLog } from './log-check.ts'
import { sqliteLogStore } from './sqlite-log-store.ts'
import { LogFolder, testedEvent } from './testing/log-folder.ts'

// Processes and disks of a busy machine take their time.
vi.setConfig({ testTimeout: 30_000 })

const folder = new LogFolder()
const open = (path?: string) => folder.open(path)
const event = testedEvent

/** Transactions that the WAL holds: its frames that carry a database size. https://sqlite.org/fileformat.html#walformat */
function walCommits(): number {
  const wal = readFileSync(`${folder.file}-wal`)
  const frameBytes = 24 + wal.readUInt32BE(8)
  let commits = 0
  for (let at = 32; at + frameBytes <= wal.length; at += frameBytes) {
    const current = wal.readBigUInt64BE(at + 8) === wal.readBigUInt64BE(16)
    if (current && wal.readUInt32BE(at + 4) > 0) commits++
  }
  return commits
}

describe('append', () => {
  test('checks ids, then the head', async () => {
    const log = open()
    expect(await log.append('s', 0, null, [event('a.1'), event('a.2')])).toEqual({ kind: 'appended', seqs: [1, 2] })
    expect(await log.append('s', 0, null, [event('a.1'), event('a.2')])).toEqual({ kind: 'known', seqs: [1, 2] })
    const head = { seq: 2, id: 'a.2' }
    expect(await log.append('s', 0, null, [event('a.2'), event('a.3')])).toEqual({ kind: 'behind', head })
    expect(await log.append('s', 2, 'a.1', [event('a.3')])).toEqual({ kind: 'behind', head })
    expect(await log.append('s', 1, 'a.1', [event('a.3')])).toEqual({ kind: 'behind', head })
    expect(await log.append('s', 2, 'a.2', [event('a.1', { at: 5 })])).toEqual({ kind: 'conflict', eventId: 'a.1' })
    expect(await log.append('s', 2, 'a.2', [event('a.3')])).toEqual({ kind: 'appended', seqs: [3] })
    expect(await log.head('s')).toEqual({ seq: 3, id: 'a.3' })
  })

  test('an id twice in one append is a conflict, and appends nothing', async () => {
    const log = open()
    const twice = [event('a.1'), event('a.1')]
    expect(await log.append('s', 0, null, twice)).toEqual({ kind: 'conflict', eventId: 'a.1' })
    expect(await log.head('s')).toEqual({ seq: 0, id: null })
  })

  test('appends that arrive together share one transaction, across stores', async () => {
    const log = open()
    const before = walCommits()
    const appends = Array.from({ length: 200 }, (_, i) => log.append(`s${i}`, 0, null, [event(`a${i}.1`)]))
    const results = await Promise.all(appends)
    expect(results.every((result) => result.kind === 'appended')).toBe(true)
    expect(walCommits() - before).toBe(1)
  })

  test('an append that fails alone leaves its neighbours in the group alone', async () => {
    const log = open()
    const before = walCommits()
    const unstorable = event('bad.2', { parent: 0.5 })
    const results = await Promise.allSettled([
      log.append('s', 0, null, [event('a.1')]),
      log.append('s', 0, null, [event('b.1')]),
      log.append('s', 1, 'a.1', [event('bad.1'), unstorable]),
      log.append('s', 1, 'a.1', [event('a.1', { at: 5 })]),
      log.append('t', 0, null, [event('bad.1'), unstorable]),
      log.append('s', 1, 'a.1', [event('c.1')]),
      log.append('t', 0, null, [event('c.1')]),
    ])
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value.kind : result.reason.code))).toEqual([
      'appended',
      'behind',
      'storage/io',
      'conflict',
      'storage/io',
      'appended',
      'appended',
    ])
    expect(walCommits() - before).toBe(1)
    expect((await log.read('s', 0, 10)).map(({ id }) => id)).toEqual(['a.1', 'c.1'])
    expect((await log.read('t', 0, 10)).map(({ id }) => id)).toEqual(['c.1'])
  })

  test('a failing medium rejects the whole group, and the next one works', async () => {
    const log = open()
    await log.append('s', 0, null, [event('a.1')])
    const intruder = new DatabaseSync(folder.file)
    intruder.exec('BEGIN IMMEDIATE')
    const results = await Promise.allSettled([
      log.append('s', 1, 'a.1', [event('a.2')]),
      log.append('t', 0, null, [event('a.1')]),
    ])
    intruder.exec('ROLLBACK')
    intruder.close()
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'StoreError', code: 'storage/locked' } })
    }
    expect(await log.append('s', 1, 'a.1', [event('a.2')])).toEqual({ kind: 'appended', seqs: [2] })
    expect(await log.head('t')).toEqual({ seq: 0, id: null })
  })

  test('a corrupt table rejects with storage/corrupt', async () => {
    const log = open()
    const events = Array.from({ length: 500 }, (_, i) => event(`a.${i + 1}`, { args: 'x'.repeat(500) }))
    await log.append('s', 0, null, events)
    await log.close()
    const bytes = readFileSync(folder.file)
    writeFileSync(folder.file, bytes.fill(0xa5, 5 * 4_096))
    await expect(open().append('s', 500, 'a.500', [event('a.501')])).rejects.toMatchObject({ code: 'storage/corrupt' })
  })
})

describe('read', () => {
  test('LOG-3 rounds up to the end of a commit', async () => {
    const log = open()
    const joined = { joined: true } as const
    await log.append('s', 0, null, [
      event('a.1'),
      event('a.2', joined),
      event('a.3', joined),
      event('a.4'),
      event('a.5'),
    ])
    const seqs = async (after: number, limit: number) => (await log.read('s', after, limit)).map(({ seq }) => seq)
    expect(await seqs(0, 1)).toEqual([1])
    expect(await seqs(0, 2)).toEqual([1, 2, 3, 4])
    expect(await seqs(1, 1)).toEqual([2, 3, 4])
    expect(await seqs(3, 10)).toEqual([4, 5])
    expect(await seqs(5, 10)).toEqual([])
    expect(await seqs(0, 0)).toEqual([])
  })

  test('stops at the end of the commit that reaches the bytes asked for', async () => {
    const log = open()
    const text = 'x'.repeat(1_000)
    const events = [1, 2, 3, 4, 5].map((n) => event(`a.${n}`, { args: text, ...(n === 2 ? { joined: true } : {}) }))
    await log.append('s', 0, null, events)
    const count = async (bytes: number) => (await log.read('s', 0, 100, bytes)).length
    expect(await Promise.all([1, 2_000, 3_000, 4_000, 1_000_000].map(count))).toEqual([1, 3, 3, 4, 5])
  })

  test('gives what was appended', async () => {
    const log = open()
    const args = { 'ключ\u0000': ['\ud800', '🗂', 1e-7, -5, true, null, { deep: [[]] }] }
    const given = event('a.1', { name: 'v1.Ünï', args, parent: 2 ** 53 - 1, at: -1.5, clientId: 'c-1' })
    await log.append('库\u0000', 0, null, [given])
    expect(await log.read('库\u0000', 0, 1)).toEqual([{ ...given, seq: 1 }])
    expect(await log.read('库', 0, 1)).toEqual([])
  })

  test('find and holds know ids and places of their store alone', async () => {
    const log = open()
    await log.append('s', 0, null, [event('a.1'), event('a.2')])
    await log.append('t', 0, null, [event('b.1')])
    expect(await log.find('s', ['a.2', 'b.1', 'a.1'])).toEqual([2, null, 1])
    expect(await log.find('nobody', ['a.1'])).toEqual([null])
    expect(await log.holds('s', 2, 'a.2')).toBe(true)
    expect(await log.holds('s', 1, 'a.2')).toBe(false)
    expect(await log.holds('s', 3, 'a.3')).toBe(false)
    expect(await log.holds('t', 1, 'a.1')).toBe(false)
    expect(await log.holds('nobody', 1, 'a.1')).toBe(false)
    expect(await log.holds('s', 0, null)).toBe(true)
    expect(await log.holds('nobody', 0, null)).toBe(true)
    expect(await log.holds('s', 0, 'a.1')).toBe(false)
    expect(await log.holds('s', 1, null)).toBe(false)
  })
})

describe('watch', () => {
  test('ISO-1 tells of each append to its store, until stopped', async () => {
    const log = open()
    const heads: LogHead[] = []
    const stop = log.watch('s', (head) => heads.push(head))
    await log.append('s', 0, null, [event('a.1'), event('a.2')])
    await log.append('t', 0, null, [event('b.1')])
    await log.append('s', 0, null, [event('z.1')])
    await log.append('s', 2, 'a.2', [event('a.3')])
    stop()
    stop()
    await log.append('s', 3, 'a.3', [event('a.4')])
    expect(heads).toEqual([
      { seq: 2, id: 'a.2' },
      { seq: 3, id: 'a.3' },
    ])
  })

  test('what it tells can be read at once', async () => {
    const log = open()
    const read: Promise<string[]>[] = []
    log.watch('s', ({ seq }) => read.push(log.read('s', seq - 1, 1).then((events) => events.map(({ id }) => id))))
    await log.append('s', 0, null, [event('a.1')])
    expect(await Promise.all(read)).toEqual([['a.1']])
  })
})

describe('the file', () => {
  test('keeps log and name over a restart; another file has another name', async () => {
    const log = open()
    const name = await log.backendId()
    expect(name).toMatch(/^[0-9a-z]{16}$/)
    await log.append('s', 0, null, [event('a.1')])
    await log.close()
    const again = open()
    expect(await again.backendId()).toBe(name)
    expect(await again.head('s')).toEqual({ seq: 1, id: 'a.1' })
    expect(await open(join(folder.directory, 'other.db')).backendId()).not.toBe(name)
  })

  test('is refused to a second server, in this process and in another', async () => {
    const log = open()
    expect(() => open()).toThrow(expect.objectContaining({ code: 'storage/locked' }))
    const child = spawnSync(process.execPath, ['--conditions=livefold-source', '--input-type=module', '-e', OTHER], {
      encoding: 'utf8',
      env: { ...process.env, LOG_FILE: folder.file },
    })
    expect(child.stdout).toContain('storage/locked')
    expect(child.stdout).toContain(`The event log ${folder.file} is in use by another server.`)
    await log.close()
    expect(await open().head('s')).toEqual({ seq: 0, id: null })
  })

  test('can be read and backed up by other programs meanwhile', async () => {
    const log = open()
    await log.append('s', 0, null, [event('a.1')])
    const copy = join(folder.directory, 'copy.db')
    const reader = new DatabaseSync(folder.file, { readOnly: true })
    reader.exec(`VACUUM INTO '${copy}'`)
    reader.close()
    expect((await open(copy).read('s', 0, 1))[0]?.id).toBe('a.1')
  })

  test('of a newer format is refused and left alone', async () => {
    await open().close()
    const database = new DatabaseSync(folder.file)
    database.exec("UPDATE meta SET value = '99' WHERE key = 'format'")
    database.close()
    const before = readFileSync(folder.file)
    expect(() => open()).toThrow(expect.objectContaining({ code: 'storage/version' }))
    expect(readFileSync(folder.file).equals(before)).toBe(true)
  })

  test('that is no log, or no database, is refused', () => {
    const database = new DatabaseSync(folder.file)
    database.exec('CREATE TABLE recipes (id INTEGER)')
    database.close()
    expect(() => open()).toThrow(expect.objectContaining({ code: 'storage/corrupt' }))
    const text = join(folder.directory, 'text.db')
    writeFileSync(text, 'not a database, but long enough to be looked at as one '.repeat(40))
    expect(() => open(text)).toThrow(expect.objectContaining({ code: 'storage/corrupt' }))
    expect(() => open(join(folder.directory, 'missing', 'log.db'))).toThrow(
      expect.objectContaining({ code: 'storage/io' }),
    )
  })

  test('of format 1, without checksums, is given them', async () => {
    const log = open()
    await log.append('s', 0, null, [event('a.1'), event('a.2')])
    const before = await log.read('s', 0, 9)
    await log.close()
    const database = new DatabaseSync(folder.file)
    database.exec("ALTER TABLE events DROP COLUMN sum; UPDATE meta SET value = '1' WHERE key = 'format'")
    database.close()
    const again = open()
    expect(await again.read('s', 0, 9)).toEqual(before)
    expect(await again.append('s', 2, 'a.2', [event('a.3')])).toEqual({ kind: 'appended', seqs: [3] })
    await again.close()
    expect(checkLog(folder.file)).toEqual({ stores: 1, events: 3, problems: [] })
  })

  test('close finishes what was begun, and nothing works after it', async () => {
    const log = open()
    const append = log.append('s', 0, null, [event('a.1')])
    await log.close()
    await log.close()
    expect(await append).toEqual({ kind: 'appended', seqs: [1] })
    await expect(log.append('s', 1, 'a.1', [event('a.2')])).rejects.toMatchObject({ code: 'store/closed' })
    await expect(log.head('s')).rejects.toMatchObject({ code: 'store/closed' })
    expect((await open().read('s', 0, 9)).length).toBe(1)
  })

  test('DUR-1 holds every append that was resolved before a SIGKILL', async () => {
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, ['--conditions=livefold-source', '--input-type=module', '-e', WRITER], {
        env: { ...process.env, LOG_FILE: folder.file },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let out = ''
      child.stdout.on('data', (chunk) => {
        out += chunk
        if (out.split('\n').length > 20 + round * 7) child.kill('SIGKILL')
      })
      await once(child, 'close')
      const acked = out.split('\n').slice(0, -1).map(Number)
      const log = open()
      const seqs = (await log.read('s', 0, 1_000_000)).map(({ seq }) => seq)
      expect(seqs).toEqual(seqs.map((_, i) => i + 1))
      expect(seqs.length).toBeGreaterThanOrEqual(acked.at(-1) as number)
      await log.close()
    }
  })
})

const MODULE = JSON.stringify(new URL('./sqlite-log-store.ts', import.meta.url).href)

const OTHER = `
  const { sqliteLogStore } = await import(${MODULE})
  try { sqliteLogStore({ file: process.env.LOG_FILE }) } catch (error) { console.log(error.code, error.message) }
`

const WRITER = `
  const { sqliteLogStore } = await import(${MODULE})
  const log = sqliteLogStore({ file: process.env.LOG_FILE })
  let { seq, id } = await log.head('s')
  for (;;) {
    const next = 'a' + seq + '.1'
    await log.append('s', seq, id, [{ id: next, name: 'n', args: {}, clientId: 'c', sessionId: 'a' + seq, parent: 0, at: 0 }])
    seq++
    id = next
    process.stdout.write(seq + '\\n')
  }
`

/** The rules of `LogStore.append`, over an array. */
class Model {
  readonly logs = new Map<string, EventRecord[]>()

  append(store: string, after: number, afterId: string | null, events: readonly EventRecord[]): AppendResult {
    const log = this.logs.get(store) ?? []
    const places = events.map(({ id }) => log.findIndex((known) => known.id === id))
    for (const [i, given] of events.entries()) {
      const known = log[places[i] as number]
      if (known && known.at !== given.at) return { kind: 'conflict', eventId: given.id }
    }
    if (places.every((place) => place >= 0)) return { kind: 'known', seqs: places.map((place) => place + 1) }
    const head = { seq: log.length, id: log.at(-1)?.id ?? null }
    if (places.some((place) => place >= 0) || after !== head.seq || afterId !== head.id) return { kind: 'behind', head }
    this.logs.set(store, [...log, ...events])
    return { kind: 'appended', seqs: events.map((_, i) => log.length + 1 + i) }
  }
}

test('LOG-1 LOG-2 any mix of appends at once gives what one by one would', async () => {
  const step = fc.record({
    store: fc.constantFrom('s', 't'),
    session: fc.constantFrom('a', 'b'),
    from: fc.integer({ min: 1, max: 12 }),
    count: fc.integer({ min: 1, max: 3 }),
    at: fc.constantFrom(1, 1, 1, 1, 1, 2),
    lag: fc.constantFrom(0, 0, 0, 1, -1),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { maxLength: 8 }), async (bursts) => {
      const log = sqliteLogStore({ file: ':memory:' })
      const model = new Model()
      for (const burst of bursts) {
        const given: Promise<AppendResult>[] = []
        const wanted: AppendResult[] = []
        for (const { store, session, from, count, at, lag } of burst) {
          const known = model.logs.get(store) ?? []
          const after = Math.max(0, known.length - lag)
          const afterId = known[after - 1]?.id ?? null
          const events = Array.from({ length: count }, (_, i) => event(`${session}.${from + i}`, { at }))
          given.push(log.append(store, after, afterId, events))
          wanted.push(model.append(store, after, afterId, events))
        }
        expect(await Promise.all(given)).toEqual(wanted)
      }
      for (const [store, events] of model.logs) {
        expect(await log.read(store, 0, 1_000)).toEqual(events.map((known, i) => ({ ...known, seq: i + 1 })))
      }
      await log.close()
    }),
    { numRuns: 150 },
  )
})
