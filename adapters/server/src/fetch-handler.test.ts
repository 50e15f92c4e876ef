import { setImmediate } from 'node:timers/promises'
import { hostClock, hostRandom, type SyncTransport } from '@livefold/core/adapter'
import { createSyncServer, memoryLogStore } from '@livefold/core/server'
import { syncTransportConformance } from '@livefold/core/testing'
import { httpSync } from '@livefold/sync'
import { describe, expect, it, test, vi } from 'vitest'
import { createFetchHandler, type FetchHandlerOptions } from './fetch-handler.ts'

// Processes and disks of a busy machine take their time.
vi.setConfig({ testTimeout: 30_000 })

const clock = hostClock(globalThis)
const random = hostRandom(globalThis)

function start(options: FetchHandlerOptions = {}) {
  const server = createSyncServer({ log: memoryLogStore({ random }), clock, random, limits: { httpIdleMs: 1_000 } })
  return { server, handler: createFetchHandler(server, options) }
}

syncTransportConformance(
  'HTTP by fetch handler',
  async () => {
    const { server, handler } = start()
    const transport: SyncTransport = httpSync({
      url: 'https://example.com/sync',
      // As on a network, nothing is answered within the same turn of the event loop.
      fetch: async (url, request) => {
        await setImmediate()
        return handler(new Request(url, request))
      },
    })
    return { transport, connections: () => server.stats().connections, stop: () => server.close() }
  },
  { describe, it, expect },
)

const HELLO = '{"type":"hello","protocol":1,"storeId":"s","clientId":"c","head":0,"headId":null}'

function request(method: string, headers: Record<string, string> = {}, body?: string): Request {
  return new Request('https://example.com/sync', { method, headers, ...(body === undefined ? {} : { body }) })
}

test('a page of an allowed origin gets its preflight and its answer', async () => {
  const { server, handler } = start({ origins: ['https://app.example.com'] })
  const origin = 'https://app.example.com'
  const preflight = await handler(request('OPTIONS', { origin, 'access-control-request-method': 'POST' }))
  expect([preflight.status, await preflight.text()]).toEqual([204, ''])
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin)
  expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type')
  const answer = await handler(request('POST', { origin }, `{"wait":1000,"messages":[${HELLO}]}`))
  expect(await answer.json()).toMatchObject({ messages: [{ type: 'welcome' }] })
  expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
  expect(answer.headers.get('vary')).toBe('origin')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  await server.close()
})

test('a page of another origin gets 403, and nothing reaches the server', async () => {
  const { server, handler } = start()
  for (const method of ['OPTIONS', 'POST']) {
    const body = method === 'POST' ? `{"wait":0,"messages":[${HELLO}]}` : undefined
    const answer = await handler(request(method, { origin: 'https://evil.example' }, body))
    expect(answer.status).toBe(403)
    expect(answer.headers.get('access-control-allow-origin')).toBe(null)
  }
  expect(server.stats().connections).toBe(0)
  await server.close()
})

test('what is no POST, no JSON, too large or of no connection is told so', async () => {
  const { server, handler } = start()
  const large = `{"wait":0,"messages":["${'x'.repeat(5_000_000)}"]}`
  const bodies = ['{', '[]', '{"connection":"gone","wait":0,"messages":[]}', large]
  const answers = await Promise.all(bodies.map((body) => handler(request('POST', {}, body))))
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 410, 413])
  expect((await handler(request('GET'))).status).toBe(405)
  await server.close()
})
