import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { hostClock, hostRandom, type Line, type StoreError } from '@livefold/core/adapter'
import { createSyncServer, memoryTransport } from '@livefold/core/server'
import { expect, test } from 'vitest'
import { checkLog } from './log-check.ts'
import { LogFolder, testedEvent } from './testing/log-folder.ts'

const folder = new LogFolder()
const open = (path?: string) => folder.open(path)
const event = testedEvent

/** Changes a closed log behind its back. */
function change(sql: string): void {
  const database = new DatabaseSync(folder.file)
  database.exec(sql)
  database.close()
}

test('LOG-2 with a changed event gives none of what it is in, and all else', async () => {
  const log = open()
  await log.append('s', 0, null, [event('a.1'), event('a.2'), event('a.3')])
  await log.append('t', 0, null, [event('b.1')])
  await log.close()
  change("UPDATE events SET args = '{}' WHERE id = 'a.2'")
  const again = open()
  await expect(again.read('s', 0, 9)).rejects.toMatchObject({
    code: 'storage/corrupt',
    details: { seq: 2 },
    retry: 'no',
  })
  expect((await again.read('s', 2, 9)).map(({ id }) => id)).toEqual(['a.3'])
  await expect(again.append('s', 3, 'a.3', [event('a.2')])).rejects.toMatchObject({ code: 'storage/corrupt' })
  expect((await again.read('t', 0, 9)).map(({ id }) => id)).toEqual(['b.1'])
  expect(checkLog(folder.file).problems).toEqual([expect.stringContaining('the event at 2 is not as it was written')])
})

test('LOG-1 with a missing event, or a changed last one, is not taken for a shorter log', async () => {
  const log = open()
  await log.append('s', 0, null, [event('a.1'), event('a.2'), event('a.3')])
  await log.append('t', 0, null, [event('b.1')])
  await log.close()
  change("DELETE FROM events WHERE id = 'a.2'; UPDATE events SET id = 'c.1' WHERE id = 'b.1'")
  const again = open()
  await expect(again.read('s', 0, 9)).rejects.toMatchObject({ code: 'storage/corrupt', details: { seq: 2 } })
  await expect(again.head('t')).rejects.toMatchObject({ code: 'storage/corrupt', details: { seq: 1 } })
  await expect(again.append('t', 1, 'c.1', [event('b.2')])).rejects.toMatchObject({ code: 'storage/corrupt' })
  expect(checkLog(folder.file).problems).toHaveLength(2)
})

test('LOG-1 is read to its end also where it is from before there were owners', async () => {
  const log = open()
  await log.append('s', 0, null, [event('a.1')])
  await log.close()
  change('DROP TABLE owners')
  expect(checkLog(folder.file)).toEqual({ stores: 1, events: 1, problems: [] })
  change("UPDATE events SET args = '{}'")
  expect(checkLog(folder.file).problems).toEqual([expect.stringContaining('the event at 1 is not as it was written')])
})

test('of another format, or of no log at all, says so', async () => {
  await open().close()
  change("ALTER TABLE events DROP COLUMN sum; UPDATE meta SET value = '1' WHERE key = 'format'")
  expect(() => checkLog(folder.file)).toThrow(
    expect.objectContaining({ code: 'storage/version', details: { file: folder.file, format: 1 } }),
  )
  change("UPDATE meta SET value = '99' WHERE key = 'format'")
  expect(() => checkLog(folder.file)).toThrow(expect.objectContaining({ code: 'storage/version' }))
  change('DROP TABLE events')
  expect(checkLog(folder.file).problems).toEqual([expect.stringContaining('no Livefold log')])
})

test('ISO-1 whose index of stores does not name one is refused: it would begin again at 1', async () => {
  const log = open()
  await log.append('a-store-to-be-lost', 0, null, [event('a.1')])
  await log.close()
  const bytes = readFileSync(folder.file)
  const at = bytes.indexOf('a-store-to-be-lost')
  bytes[at] = 'b'.charCodeAt(0)
  writeFileSync(folder.file, bytes)
  expect(() => open()).toThrow(expect.objectContaining({ code: 'storage/corrupt' }))
  expect(checkLog(folder.file).problems.length).toBeGreaterThan(0)
})

test('what is damaged is told to the server’s owner, by code alone to its clients, and other stores go on', async () => {
  const log = open()
  await log.append('s', 0, null, [event('a.1')])
  await log.append('t', 0, null, [event('b.1')])
  await log.close()
  change("UPDATE events SET args = '{}' WHERE id = 'a.1'")
  const heard: string[] = []
  const [clock, random] = [hostClock(globalThis), hostRandom(globalThis)]
  const server = createSyncServer({
    log: open(),
    clock,
    random,
    onError: (error, { hook, storeId }) => heard.push(`${hook} ${storeId} ${(error as StoreError).message}`),
  })
  const told = async (storeId: string) => {
    const frames: string[] = []
    const end = Promise.withResolvers<string>()
    const line: Line = memoryTransport(server, clock).connect({
      open: () =>
        line.send(JSON.stringify({ type: 'hello', protocol: 1, storeId, clientId: 'c', head: 0, headId: null })),
      frame: (text) => {
        frames.push(text)
        const { type } = JSON.parse(text)
        if (type === 'welcome') line.send('{"type":"pull","ref":1,"after":0,"afterId":null,"limit":10,"live":false}')
        if (type === 'page') end.resolve(text)
      },
      closed: () => end.resolve(frames.at(-1) ?? ''),
    })
    const last = JSON.parse(await end.promise)
    line.close()
    return last
  }
  expect(await told('s')).toMatchObject({ type: 'error', code: 'storage/corrupt', retry: 'backoff' })
  expect((await told('s')).message).not.toContain(folder.directory)
  expect(await told('t')).toMatchObject({ type: 'page', events: [{ id: 'b.1' }] })
  expect(heard[0]).toContain('log s The event log is damaged')
  await server.close()
})
