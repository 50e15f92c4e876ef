import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { hostClock, hostRandom } from '@livefold/core/adapter'
import { createSyncServer, memoryLogStore, type SyncServer } from '@livefold/core/server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { originPolicy } from './origin-policy.ts'
import { type WebSocketEndpoint, webSocketEndpoint } from './web-socket-endpoint.ts'

const clock = hostClock(globalThis)
const random = hostRandom(globalThis)
const HELLO = '{"type":"hello","protocol":1,"storeId":"s","clientId":"c","head":0,"headId":null}'

let server: SyncServer
let endpoint: WebSocketEndpoint
let http: ReturnType<typeof createServer>
let port: number

beforeEach(async () => {
  await start({})
})

async function start(options: { keepaliveMs?: number; closeMs?: number }): Promise<void> {
  server = createSyncServer({ log: memoryLogStore({ random }), clock, random })
  endpoint = webSocketEndpoint({ server, allows: originPolicy({ authenticated: false }), ...options })
  http = createServer().on('upgrade', endpoint.upgrade)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  port = (http.address() as AddressInfo).port
}

async function stop(): Promise<void> {
  await Promise.all([server.close(), endpoint.close()])
  await new Promise((resolve) => http.close(resolve))
}

afterEach(stop)

/** A peer that shakes hands and then is as silent as a machine without power: no pong, no close. */
async function silentPeer(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    'GET /sync HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  )
  await new Promise((resolve) => socket.once('data', resolve))
  return socket
}

function closeOf(socket: WebSocket): Promise<[code: number, reason: string]> {
  return new Promise((resolve) => socket.on('close', (code, reason) => resolve([code, reason.toString()])))
}

async function dial(path = '/sync', origin?: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, origin === undefined ? {} : { origin })
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  return socket
}

test('BND-1 a half-open socket is noticed and given up; one that answers pings stays', async () => {
  await stop()
  await start({ keepaliveMs: 100 })
  const alive = await dial()
  alive.send(HELLO)
  const pings = new Promise<void>((resolve) => {
    let count = 0
    alive.on('ping', () => ++count === 5 && resolve())
  })
  const silent = await silentPeer()
  expect(server.stats().connections).toBe(2)
  await new Promise((resolve) => silent.resume().on('close', resolve))
  await pings
  expect(server.stats().connections).toBe(1)
  expect(alive.readyState).toBe(WebSocket.OPEN)
})

test('BND-1 closing does not wait for peers that never answer', async () => {
  await stop()
  await start({ closeMs: 50 })
  const silent = await silentPeer()
  const gone = new Promise((resolve) => silent.resume().on('close', resolve))
  await endpoint.close()
  await gone
})

test('other paths and foreign origins are refused before anything is opened', async () => {
  await expect(dial('/other')).rejects.toThrow('404')
  await expect(dial('/sync', 'https://evil.example')).rejects.toThrow('403')
  expect(server.stats().connections).toBe(0)
  const page = await dial('/sync?x=y', 'http://localhost:5173')
  page.close()
  await closeOf(page)
})

test('a binary frame and one beyond the limit close the socket with their codes', async () => {
  const binary = await dial()
  const large = await dial()
  binary.send(new Uint8Array([1, 2, 3]))
  large.send('x'.repeat(1024 * 1024 + 1))
  const [ofBinary, ofLarge] = await Promise.all([closeOf(binary), closeOf(large)])
  expect(ofBinary).toEqual([1003, 'text frames only'])
  expect(ofLarge[0]).toBe(1009)
})

test('a frame that is no UTF-8 closes its socket alone', async () => {
  const [bad, good] = [await dial(), await dial()]
  bad.send(Buffer.from([0xc3, 0x28]), { binary: false })
  expect((await closeOf(bad))[0]).toBe(1007)
  good.send(HELLO)
  await new Promise((resolve) => good.once('message', resolve))
})

test('while it stops, the last frame says so and newcomers are refused', async () => {
  const socket = await dial()
  socket.send(HELLO)
  await new Promise((resolve) => socket.once('message', resolve))
  const last = new Promise<string>((resolve) => socket.once('message', (data) => resolve(data.toString())))
  const closed = closeOf(socket)
  await Promise.all([server.close(), endpoint.close()])
  expect(JSON.parse(await last)).toMatchObject({ type: 'error', code: 'sync/offline', retry: 'backoff' })
  expect(await closed).toEqual([1001, 'sync/offline'])
  await expect(dial()).rejects.toThrow('503')
})

test('compression is not offered, whatever the client asks', async () => {
  const socket = await dial()
  expect(socket.extensions).toBe('')
  socket.close()
  await closeOf(socket)
})
