import type { StoreError } from '@livefold/core/adapter'
import { expect, test } from 'vitest'
import { type WebSocketLike, webSocketSync } from './web-socket-sync.ts'

/** A network: sockets do what the test says, and write down what the transport does. */
class FakeSocket implements WebSocketLike {
  static last: FakeSocket
  binaryType = 'blob'
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onerror: (() => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  readonly calls: unknown[][] = []
  readonly url: string

  constructor(url: string) {
    this.url = url
    FakeSocket.last = this
  }

  opens(): void {
    this.readyState = 1
    this.onopen?.()
  }

  send(text: string): void {
    this.calls.push(['send', text])
  }

  close(...args: unknown[]): void {
    this.calls.push(['close', ...args])
  }
}

function connect() {
  const heard: unknown[] = []
  const line = webSocketSync({ url: 'https://example.com/sync', WebSocket: FakeSocket }).connect({
    open: () => heard.push('open'),
    frame: (text) => heard.push(text),
    closed: (error) => heard.push(error),
  })
  return { heard, line, socket: FakeSocket.last }
}

test('the URL is the one given, with the scheme of WebSocket', () => {
  expect(connect().socket.url).toBe('wss://example.com/sync')
})

test('frames are dropped until the socket is open and after it is not', () => {
  const { line, socket } = connect()
  line.send('early')
  socket.opens()
  line.send('in time')
  socket.readyState = 2
  line.send('late')
  expect(socket.calls).toEqual([['send', 'in time']])
})

test('a binary frame ends the line, once', () => {
  const { heard, socket } = connect()
  socket.opens()
  socket.onmessage?.({ data: new ArrayBuffer(1) })
  socket.onmessage?.({ data: 'text' })
  socket.onclose?.({ code: 1006, reason: '' })
  expect(heard).toEqual(['open', expect.objectContaining({ code: 'protocol/malformed', retry: 'backoff' })])
  expect(socket.calls).toEqual([['close', 1003, 'text frames only']])
})

test('nothing is heard after the own close, whatever the socket does', () => {
  const { heard, line, socket } = connect()
  line.close()
  line.close()
  socket.opens()
  socket.onmessage?.({ data: 'text' })
  socket.onerror?.()
  socket.onclose?.({ code: 1000, reason: '' })
  expect(heard).toEqual([])
  expect(socket.calls).toEqual([['close', 1000]])
})

test('close codes say why', () => {
  const codes = [1006, 1001, 1009].map((code) => {
    const { heard, socket } = connect()
    socket.onclose?.({ code, reason: 'why' })
    return (heard[0] as StoreError).code
  })
  expect(codes).toEqual(['sync/offline', 'sync/offline', 'sync/too-large'])
})

test('a socket that never opened says that nothing answers, one that was open that it ended', () => {
  const messages = [false, true].map((opens) => {
    const { heard, socket } = connect()
    if (opens) socket.opens()
    socket.onclose?.({ code: 1006, reason: '' })
    return (heard.at(-1) as StoreError).message
  })
  expect(messages).toEqual([
    expect.stringMatching(/^no connection to wss?:.*nothing answers/),
    expect.stringMatching(/ended \(1006\)$/),
  ])
})

test('a constructor that throws is a line that closes, after connect has returned', async () => {
  class Refusing extends FakeSocket {
    constructor(url: string) {
      super(url)
      throw new Error('no sockets today')
    }
  }
  const error = await new Promise<StoreError>((resolve) => {
    let connected = false
    const events = { open() {}, frame() {}, closed: (error: StoreError) => connected && resolve(error) }
    const line = webSocketSync({ url: 'wss://example.com', WebSocket: Refusing }).connect(events)
    connected = true
    line.send('into nothing')
  })
  expect(error).toMatchObject({ code: 'sync/offline', message: expect.stringContaining('no sockets today') })
})

test('without a WebSocket the transport says what to give', () => {
  expect(() => webSocketSync({ url: 'wss://example.com', WebSocket: null as never })).not.toThrow()
  expect(() => webSocketSync({ url: 'wss://example.com', WebSocket: 'ws' as never })).toThrow('option "WebSocket"')
})
