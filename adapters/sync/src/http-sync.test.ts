import type { StoreError } from '@livefold/core/adapter'
import { expect, test } from 'vitest'
import { type FetchRequest, type FetchResponse, httpSync } from './http-sync.ts'

interface Post {
  readonly url: string
  readonly body: { connection?: string; wait: number; messages: { type: string; n?: number }[] }
  readonly bytes: number
  readonly signal: AbortSignal
  answer(status: number, body: unknown): void
  fail(error: Error): void
}

/** A network: requests wait for the test's answer. */
class FakeNetwork {
  readonly #posts: Post[] = []
  readonly #waiting: ((post: Post) => void)[] = []
  open = 0
  readonly fetch = (url: string, { body, signal }: FetchRequest): Promise<FetchResponse> => {
    const { promise, resolve, reject } = Promise.withResolvers<FetchResponse>()
    this.open++
    signal.addEventListener('abort', () => reject(signal.reason))
    const post: Post = {
      url,
      body: JSON.parse(body),
      bytes: body.length,
      signal,
      answer: (status, given) =>
        resolve({ status, text: async () => (typeof given === 'string' ? given : JSON.stringify(given)) }),
      fail: reject,
    }
    const waiting = this.#waiting.shift()
    if (waiting) waiting(post)
    else this.#posts.push(post)
    return promise.finally(() => this.open--)
  }

  async post(): Promise<Post> {
    return this.#posts.shift() ?? new Promise((resolve) => this.#waiting.push(resolve))
  }

  get unanswered(): number {
    return this.#posts.length
  }
}

function connect() {
  const network = new FakeNetwork()
  const heard: unknown[] = []
  const ended = Promise.withResolvers<StoreError>()
  const line = httpSync({ url: 'wss://example.com/sync', fetch: network.fetch }).connect({
    open: () => heard.push('open'),
    frame: (text) => heard.push(text),
    closed(error) {
      heard.push(error)
      ended.resolve(error)
    },
  })
  return { network, heard, line, ended: ended.promise }
}

async function connected() {
  const made = connect()
  made.line.send('{"type":"hello"}')
  const hello = await made.network.post()
  hello.answer(200, { connection: 'c1', messages: [{ type: 'welcome' }] })
  const poll = await made.network.post()
  return { ...made, hello, poll }
}

test('the first POST carries the hello alone, then one poll stands', async () => {
  const { network, heard, hello, poll } = await connected()
  expect(hello.url).toBe('https://example.com/sync')
  expect(hello.body).toEqual({ wait: 25_000, messages: [{ type: 'hello' }] })
  expect(poll.body).toEqual({ connection: 'c1', wait: 25_000, messages: [] })
  expect(heard).toEqual(['open', '{"type":"welcome"}'])
  poll.answer(200, { messages: [{ type: 'page' }] })
  expect((await network.post()).body).toEqual(poll.body)
  expect(heard.at(-1)).toBe('{"type":"page"}')
  expect(network.unanswered).toBe(0)
})

test('frames go up one POST at a time, in order, those that wait together', async () => {
  const { network, line } = await connected()
  line.send('{"type":"a"}')
  const first = await network.post()
  line.send('{"type":"b"}')
  line.send('{"type":"c"}')
  expect(first.body).toEqual({ connection: 'c1', wait: 0, messages: [{ type: 'a' }] })
  expect(network.unanswered).toBe(0)
  first.answer(200, { messages: [] })
  expect((await network.post()).body.messages).toEqual([{ type: 'b' }, { type: 'c' }])
})

test('BND-1 a POST holds one large frame, or many small ones', async () => {
  const { network, line } = await connected()
  for (let n = 0; n < 1_000; n++) line.send(JSON.stringify({ type: 'small', n }))
  for (let n = 1_000; n < 1_010; n++) line.send(JSON.stringify({ type: 'large', n, text: 'x'.repeat(200_000) }))
  const numbers: (number | undefined)[] = []
  while (numbers.length < 1_010) {
    const post = await network.post()
    expect(post.bytes).toBeLessThan(300_000)
    numbers.push(...post.body.messages.map(({ n }) => n))
    post.answer(200, { messages: [] })
  }
  expect(numbers).toEqual(numbers.map((_, i) => i))
})

test.each([
  [410, 'sync/offline'],
  [413, 'sync/too-large'],
  [429, 'sync/limit'],
  [401, 'sync/unauthorized'],
  [403, 'sync/forbidden'],
  [400, 'protocol/malformed'],
  [502, 'sync/offline'],
  [204, 'sync/offline'],
])('status %i ends the line with %s and stops the poll', async (status, code) => {
  const { network, line, heard, ended, poll } = await connected()
  line.send('{"type":"push"}')
  line.send('{"type":"push"}')
  const post = await network.post()
  post.answer(status, '')
  expect(await ended).toMatchObject({ code, retry: 'backoff' })
  expect(poll.signal.aborted).toBe(true)
  expect(heard.length).toBe(3)
  expect(network.unanswered).toBe(0)
})

test.each(['<html>log in here</html>', '{}', '{"messages":{}}', '{"messages":[],"connection":5}', 'null'])(
  'an answer that is not a sync server’s ends the line: %s',
  async (text) => {
    const { poll, ended } = await connected()
    poll.answer(200, text)
    expect(await ended).toMatchObject({ code: 'protocol/malformed' })
  },
)

test('a failed request ends the line, once', async () => {
  const { network, line, heard, ended, poll } = await connected()
  line.send('{"type":"push"}')
  const post = await network.post()
  poll.fail(new TypeError('fetch failed'))
  post.fail(new TypeError('fetch failed'))
  expect(await ended).toMatchObject({ code: 'sync/offline', message: expect.stringContaining('fetch failed') })
  expect(heard.length).toBe(3)
})

test('a server that answers the hello without a connection has its last word heard', async () => {
  const { network, line, heard, ended } = connect()
  line.send('{"type":"hello"}')
  const hello = await network.post()
  hello.answer(200, { messages: [{ type: 'error' }] })
  expect(await ended).toMatchObject({ code: 'sync/offline' })
  expect(heard[1]).toBe('{"type":"error"}')
})

test('BND-1 close aborts what is open, and nothing is heard after it', async () => {
  const { network, line, heard, poll } = await connected()
  line.send('{"type":"push"}')
  const post = await network.post()
  line.send('{"type":"push"}')
  line.close()
  line.close()
  expect([poll.signal.aborted, post.signal.aborted]).toEqual([true, true])
  poll.answer(200, { messages: [{ type: 'page' }] })
  line.send('{"type":"push"}')
  while (network.open > 0) await Promise.resolve()
  expect(network.unanswered).toBe(0)
  expect(heard).toEqual(['open', '{"type":"welcome"}'])
})

test('closing within a frame silences the rest of its answer', async () => {
  const network = new FakeNetwork()
  const heard: string[] = []
  const line = httpSync({ url: 'https://example.com', fetch: network.fetch }).connect({
    open: () => line.send('{"type":"hello"}'),
    frame(text) {
      heard.push(text)
      line.close()
    },
    closed: () => heard.push('closed'),
  })
  const hello = await network.post()
  hello.answer(200, { connection: 'c', messages: [{ n: 1 }, { n: 2 }] })
  while (network.open > 0 || heard.length === 0) await Promise.resolve()
  expect(heard).toEqual(['{"n":1}'])
  expect(network.unanswered).toBe(0)
})
