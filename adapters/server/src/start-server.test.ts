import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Line } from '@livefold/core/adapter'
import { httpSync, webSocketSync } from '@livefold/sync'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type StartServerOptions, startServer } from './start-server.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'livefold-server-'))
})

afterEach(() => {
  rmSync(directory, { recursive: true })
})

const start = (more: Partial<StartServerOptions> = {}) => startServer({ port: 0, data: directory, ...more })

const HELLO = { type: 'hello', protocol: 1, storeId: 's', clientId: 'c', head: 0, headId: null }

function pushOf(id: string) {
  const event = { id, name: 'v1.T', args: {}, clientId: 'c', sessionId: 'a', parent: 0, at: 1 }
  return { type: 'push', ref: 1, after: 0, afterId: null, events: [event] }
}

/** Sends what is given, the first once open, each further one after an answer; gives the answers and ends the line. */
function talk(
  url: string,
  messages: unknown[],
  transport = webSocketSync({ url }),
): Promise<Record<string, unknown>[]> {
  const answers: Record<string, unknown>[] = []
  const left = messages.map((message) => JSON.stringify(message))
  return new Promise((resolve, reject) => {
    const next = (line: Line) => line.send(left.shift() as string)
    const line = transport.connect({
      open: () => next(line),
      frame(text) {
        answers.push(JSON.parse(text))
        if (left.length > 0) return next(line)
        line.close()
        resolve(answers)
      },
      closed: reject,
    })
  })
}

test('BND-1 limits or origins that are none are refused, which leaves the log to whoever starts next', async () => {
  await expect(start({ limits: { pageBytes: 0 } })).rejects.toThrow('"pageBytes"')
  await expect(start({ origins: 'https://app.example.com' as never })).rejects.toThrow()
  await (await start()).close()
})

test('DUR-1 a restart keeps log and name', async () => {
  const first = await start()
  const [welcome, pushed] = await talk(first.url, [HELLO, pushOf('a.1')])
  await first.close()
  expect(pushed).toMatchObject({ type: 'pushed', seqs: [1] })
  const second = await start()
  const [again] = await talk(second.url, [HELLO], httpSync({ url: second.url }))
  await second.close()
  expect(again).toMatchObject({ type: 'welcome', head: 1, headId: 'a.1', backendId: welcome?.backendId })
})

test('a bare address leads to the server too', async () => {
  const running = await start({ data: ':memory:' })
  const url = `ws://127.0.0.1:${running.port}`
  expect(await talk(url, [HELLO])).toMatchObject([{ type: 'welcome' }])
  expect(await talk(url, [HELLO], httpSync({ url }))).toMatchObject([{ type: 'welcome' }])
  await running.close()
})

test('a store is one, whichever transport leads to it', async () => {
  const running = await start({ data: ':memory:' })
  await talk(running.url, [HELLO, pushOf('a.1')], httpSync({ url: running.url }))
  const pull = { type: 'pull', ref: 1, after: 0, afterId: null, limit: 10, live: false }
  const [, page] = await talk(running.url, [HELLO, pull])
  await running.close()
  expect(page).toMatchObject({ type: 'page', events: [{ seq: 1, id: 'a.1' }] })
})

test('hooks hear the token and the peer, over both transports', async () => {
  const heard: unknown[] = []
  const running = await start({
    data: ':memory:',
    authenticate: (token, { address, storeId }) => {
      heard.push([token, address, storeId])
      return { id: 'me' }
    },
  })
  await talk(running.url, [{ ...HELLO, token: 't' }])
  await talk(running.url, [{ ...HELLO, token: 't' }], httpSync({ url: running.url }))
  await running.close()
  expect(heard).toEqual([
    ['t', '127.0.0.1', 's'],
    ['t', '127.0.0.1', 's'],
  ])
})

test('BND-1 close ends sockets and polls, frees the port, lets go of the data, twice if need be', async () => {
  const running = await start()
  const ended: Promise<string>[] = []
  for (const transport of [webSocketSync({ url: running.url }), httpSync({ url: running.url })]) {
    const { promise, resolve } = Promise.withResolvers<string>()
    const welcomed = Promise.withResolvers<void>()
    const line = transport.connect({
      open: () => line.send(JSON.stringify(HELLO)),
      frame: () => welcomed.resolve(),
      closed: (error) => resolve(error.code),
    })
    await welcomed.promise
    ended.push(promise)
  }
  await Promise.all([running.close(), running.close()])
  expect(await Promise.all(ended)).toEqual(['sync/offline', 'sync/offline'])
  const next = await start({ port: running.port })
  expect(next.port).toBe(running.port)
  await next.close()
})

test('a port in use rejects, and leaves data and process as they were', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  await expect(start({ port })).rejects.toMatchObject({
    code: 'sync/offline',
    details: { port, code: 'EADDRINUSE' },
    message: expect.stringContaining(`port ${port} is in use. Stop what listens there`),
  })
  await new Promise((resolve) => other.close(resolve))
  await (await start({ port })).close()
})

test('data in use, and data that cannot be a directory, reject with what to do', async () => {
  const running = await start()
  await expect(start()).rejects.toMatchObject({ code: 'storage/locked' })
  await running.close()
  const file = join(directory, 'file')
  writeFileSync(file, '')
  await expect(start({ data: file })).rejects.toMatchObject({ code: 'storage/io' })
})

test('health, unknown paths, foreign pages', async () => {
  const { url, close } = await start({ data: ':memory:' })
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(new URL(path, url), init)
    return [response.status, await response.json()]
  }
  expect(await get('/health')).toEqual([200, { status: 'ok' }])
  expect(await get('/other')).toEqual([404, { message: 'nothing at /other; sync is at /sync' }])
  expect((await get('/sync'))[0]).toBe(405)
  const foreign = { method: 'POST', headers: { origin: 'https://evil.example' }, body: '{}' }
  expect((await get('/sync', foreign))[0]).toBe(403)
  await close()
})

test('a body beyond the limit is answered 413, also when its length is not told', async () => {
  const { url, close } = await start({ data: ':memory:' })
  const large = 'x'.repeat(5_000_000)
  const statuses = await Promise.all([
    fetch(url, { method: 'POST', body: large }).then(({ status }) => status),
    fetch(url, { method: 'POST', body: new Blob([large]).stream(), duplex: 'half' } as RequestInit).then(
      ({ status }) => status,
    ),
  ])
  expect(statuses).toEqual([413, 413])
  await close()
})
