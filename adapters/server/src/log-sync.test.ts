import { DatabaseSync } from 'node:sqlite'
import type { LogHead } from '@livefold/core/server'
import { describe, expect, test, vi } from 'vitest'
import { openLogFile } from './log-file.ts'
import { SqliteLogStore } from './sqlite-log-store.ts'
import { LogFolder, testedEvent } from './testing/log-folder.ts'

const folder = new LogFolder()
const event = testedEvent

describe('the sync of the disk', () => {
  /** A log whose syncs end when the test says so. */
  function openHeld() {
    const inner = openLogFile(folder.file, () => 'name')
    const syncs: { done(): void; fail(error: Error): void }[] = []
    const sync = () => new Promise<void>((done, fail) => syncs.push({ done, fail }))
    const log = folder.keep(new SqliteLogStore(folder.file, { ...inner, sync }))
    /** The next sync that begins. */
    const next = () => vi.waitFor(() => syncs.shift() ?? expect.fail('no sync yet'))
    return { log, next, syncs }
  }

  test('is waited for by who appends; meanwhile nobody reads or hears of the events, and other stores are read', async () => {
    const { log, next, syncs } = openHeld()
    const first = log.append('t', 0, null, [event('b.1')])
    ;(await next()).done()
    await first
    const told: unknown[] = []
    log.watch('s', (head) => told.push(head))
    const append = log.append('s', 0, null, [event('a.1')]).then((result) => told.push(result.kind))
    const sync = await next()
    const reads = Promise.all([log.head('s'), log.find('s', ['a.1']), log.holds('s', 1, 'a.1'), log.read('s', 0, 9)])
    void reads.then(() => told.push('read'))
    const refused = log.append('s', 0, null, [event('c.1')]).then((result) => told.push(result.kind))
    expect(await log.head('t')).toEqual({ seq: 1, id: 'b.1' })
    await new Promise(setImmediate)
    expect(told).toEqual([])
    expect(syncs).toEqual([])
    sync.done()
    await Promise.all([append, reads, refused])
    const head = { seq: 1, id: 'a.1' }
    expect((await reads).slice(0, 3)).toEqual([head, [1], true])
    expect(told).toEqual([head, 'appended', 'read', 'behind'])
    // What appends nothing needs no sync.
    expect(syncs).toEqual([])
  })

  test('is shared by all that arrive during the one before', async () => {
    const { log, next, syncs } = openHeld()
    const first = log.append('s', 0, null, [event('a.1')])
    const held = await next()
    const rest = Array.from({ length: 50 }, (_, i) => log.append(`t${i}`, 0, null, [event('a.1')]))
    await new Promise(setImmediate)
    held.done()
    ;(await next()).done()
    const results = await Promise.all([first, ...rest])
    expect(results.every(({ kind }) => kind === 'appended')).toBe(true)
    expect(syncs).toEqual([])
  })

  test('DUR-1 that fails rejects who appended; nothing is read before all is in its place, and then nothing is twice', async () => {
    const { log, next } = openHeld()
    const heads: LogHead[] = []
    log.watch('s', (head) => heads.push(head))
    const reader = new DatabaseSync(folder.file, { readOnly: true })
    reader.exec('BEGIN; SELECT * FROM meta')
    const append = log.append('s', 0, null, [event('a.1')])
    ;(await next()).fail(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
    await expect(append).rejects.toMatchObject({ name: 'StoreError', code: 'storage/full', retry: 'backoff' })
    const again = log.append('s', 0, null, [event('a.1')])
    // The other program's snapshot is older: what it may read next is not yet to be written over.
    await expect(again).rejects.toMatchObject({ code: 'storage/io', retry: 'backoff' })
    await expect(log.head('s')).rejects.toMatchObject({ code: 'storage/io' })
    reader.exec('ROLLBACK')
    reader.close()
    expect(await log.append('s', 0, null, [event('a.1')])).toEqual({ kind: 'known', seqs: [1] })
    expect(heads).toEqual([{ seq: 1, id: 'a.1' }])
    expect((await log.read('s', 0, 9)).map(({ id }) => id)).toEqual(['a.1'])
  })

  test('of a claim that fails is made up for before the next word', async () => {
    const { log, next } = openHeld()
    const claim = log.claim('s', ['c'], 'ann')
    ;(await next()).fail(new Error('I/O error'))
    await expect(claim).rejects.toMatchObject({ code: 'storage/io' })
    expect(await log.claim('s', ['c'], 'bob')).toBe('c')
    expect(await log.claim('s', ['c'], 'ann')).toBeNull()
  })

  test('under way is ended by close', async () => {
    const { log, next } = openHeld()
    const append = log.append('s', 0, null, [event('a.1')])
    const sync = await next()
    const second = log.append('s', 1, 'a.1', [event('a.2')])
    const closed = log.close()
    sync.done()
    ;(await next()).done()
    await closed
    expect([await append, await second]).toMatchObject([{ seqs: [1] }, { seqs: [2] }])
  })

  test('of a claim is waited for by close', async () => {
    const { log, next } = openHeld()
    const told: string[] = []
    const claim = log.claim('s', ['c'], 'ann').then(() => told.push('bound'))
    const sync = await next()
    const closed = log.close().then(() => told.push('closed'))
    await new Promise(setImmediate)
    expect(told).toEqual([])
    sync.done()
    await Promise.all([claim, closed])
    expect(told).toEqual(['bound', 'closed'])
  })
})
