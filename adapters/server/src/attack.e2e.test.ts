import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { chance, EVENT, HELLO, handMade, messages, mutated, pollution, pushOf } from './testing/attack-frames.ts'
import { AttackLine } from './testing/attack-line.ts'
import { startAttacked } from './testing/attacked-server.ts'

/** How much more than in CI: `ATTACK=20 vitest run --project e2e adapters/server/src/attack`. */
const SCALE = Number(process.env.ATTACK ?? 1)
const seed = Number(process.env.ATTACK_SEED ?? 1)

let attacked: Awaited<ReturnType<typeof startAttacked>>

beforeEach(async () => {
  attacked = await startAttacked({ limits: { connectionRate: 1e6, identityRate: 1e9, identityConnections: 1e6 } })
})

afterEach(() => attacked.end())

const open = (hello: object) => AttackLine.open(attacked.running.server, hello)

/** Everything that a store holds, as its reader sees it. */
async function contents(storeId: string, token: string) {
  const line = await open({ storeId, token, clientId: 'reader' })
  line.send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: 1_000, live: false })
  const page = await line.until(({ type }) => type === 'page')
  line.end()
  return page?.events ?? null
}

/** The answers to one message over a WebSocket, until the server closes it or answers a ping. */
async function overSocket(frames: readonly (object | string)[], path = '/sync'): Promise<string[]> {
  const socket = new WebSocket(attacked.running.url.replace('http', 'ws').replace('/sync', path))
  const heard: string[] = []
  socket.on('message', (data) => {
    const { type, code } = JSON.parse(data.toString())
    heard.push(code ? `${type} ${code}` : type)
  })
  socket.on('error', () => {})
  await once(socket, 'open')
  for (const frame of frames) socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  await once(socket, 'close')
  return heard
}

test('ISO-1 every message with no token, an expired one, or one of another store: a refusal and nothing else', async () => {
  const matrix = [
    [{}, 'sync/unauthorized'],
    [{ token: 'ann!' }, 'sync/unauthorized'],
    [{ token: 'constructor' }, 'sync/unauthorized'],
    [{ token: 'bob' }, 'sync/forbidden'],
  ] as const
  for (const [credentials, code] of matrix) {
    for (const message of Object.values(messages)) {
      const hello = { ...HELLO, storeId: 'a', ...credentials }
      expect(await overSocket([hello, message])).toEqual([`error ${code}`])
      const response = await fetch(attacked.running.url, {
        method: 'POST',
        body: JSON.stringify({ messages: [hello, message], wait: 5_000 }),
      })
      const { messages: down } = (await response.json()) as { messages: { type: string; code: string }[] }
      expect(down.map(({ type, code: told }) => `${type} ${told}`)).toEqual([`error ${code}`])
    }
  }
  for (const [kind, message] of Object.entries(messages)) {
    if (kind !== 'hello') expect(await overSocket([message, HELLO])).toEqual(['error protocol/malformed'])
  }
  // A token in the URL is none.
  expect(await overSocket([{ ...HELLO, storeId: 'a' }], '/sync?token=ann')).toEqual(['error sync/unauthorized'])
  // A renewal is judged like a hello, and a right that is only to read does not write.
  for (const [token, code] of [
    ['ann!', 'sync/unauthorized'],
    ['bob', 'sync/forbidden'],
  ]) {
    const line = await open({ storeId: 'a', token: 'ann' })
    line.send({ type: 'token', token })
    await line.until(({ type }) => type === 'error')
    expect([line.closedFor, line.heard.at(-1)?.code]).toEqual([code, code])
  }
  const reader = await open({ storeId: 'a', token: 'eve' })
  reader.send(messages.push as object)
  expect((await reader.until(({ type }) => type === 'error'))?.code).toBe('sync/forbidden')
  expect(await contents('a', 'ann')).toEqual([])
})

test('hand-made and mutated frames: no crash, no change of state, nobody else disturbed', async () => {
  const random = chance(seed)
  const made = handMade()
  expect(made.length).toBeGreaterThanOrEqual(300)
  const bystander = await open({ storeId: 'a', token: 'ann' })
  bystander.send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: 10, live: true })
  bystander.send({ ...messages.push, ref: 5 })
  await bystander.until(({ type }) => type === 'pushed')
  const count = bystander.heard.length
  const before = await contents('a', 'ann')
  expect(before).toHaveLength(1)

  let line = await open({ storeId: 'a', token: 'eve' })
  for (let i = 0; i < made.length + 50_000 * SCALE; i++) {
    const frame = made[i] ?? mutated(random)
    // Before the hello, and after it, of one who may read.
    if (i % 4 === 0) {
      const stranger = new AttackLine(attacked.running.server)
      stranger.send(frame)
      stranger.end()
    }
    if (line.closedFor !== null) line = await open({ storeId: 'a', token: 'eve' })
    line.send(frame)
    // Nothing that is sent makes a connection deaf to the network.
    if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  line.end()
  expect(await contents('a', 'ann')).toEqual(before)
  expect(bystander.heard).toHaveLength(count)
  bystander.send({ type: 'ping', rtt: 1 })
  expect((await bystander.until(({ type }) => type === 'pong'))?.type).toBe('pong')
  bystander.end()
  for (const frame of made.slice(0, 40)) await overSocket([frame, '']).catch(() => {})
  await expect.poll(() => attacked.running.server.stats().connections).toBe(0)
})

test('hostile frames of one who may write: the log stays an order of sound events', async () => {
  const random = chance(seed + 1)
  let line = await open({ storeId: 'b', token: 'bob' })
  for (let i = 0; i < 5_000 * SCALE; i++) {
    if (line.closedFor !== null) line = await open({ storeId: 'b', token: 'bob' })
    line.send(mutated(random))
    if (i % 200 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  line.end()
  const before = await contents('b', 'ann')
  expect(before?.map(({ seq }) => seq)).toEqual(before?.map((_, i) => i + 1))
  await attacked.restart()
  expect(await contents('b', 'ann')).toEqual(before)
  expect(await contents('a', 'ann')).toEqual([])
})

test('names and values of SQL and Unicode go through log, restart and pull as they are', async () => {
  const nasty = [
    "'; DROP TABLE events; --",
    '" OR ""="',
    "\\'; PRAGMA user_version = 9; /*",
    '%_?1 :a @b $c',
    'null',
    'Ünïcödé \u{1f4a5}\u200d\u2028\u202e ﷽',
    '\u0001\u001f\t\r\n',
    'e\u0301 é',
    '𝒳'.repeat(50),
  ]
  const stores = nasty.filter((name) => !/\p{Cc}/u.test(name))
  await attacked.end()
  attacked = await startAttacked({ authorize: () => true })
  const model = new Map<string, unknown[]>()
  for (const storeId of stores) {
    const line = await open({ storeId, token: 'ann' })
    const events = nasty.map((text, i) => ({
      ...EVENT,
      id: `s.${i + 1}`,
      name: text,
      args: { [text]: [text, { [text]: null }], plain: -0.5 },
    }))
    line.send({ ...messages.push, events })
    expect(await line.until(({ type }) => type !== 'welcome')).toMatchObject({ type: 'pushed' })
    model.set(
      storeId,
      events.map((event, i) => ({ ...event, seq: i + 1 })),
    )
    line.end()
  }
  await attacked.restart()
  for (const [storeId, events] of model) expect(await contents(storeId, 'bob')).toEqual(events)
  for (const storeId of ['', 'x'.repeat(201), '\u0000', 'a\nb', '\ud800']) {
    expect((await open({ storeId, token: 'ann' })).closedFor).toBe('protocol/malformed')
  }
})

test('ISO-1 two users, three stores: whatever they send, each sees events of their stores alone', async () => {
  const random = chance(seed + 2)
  const rights: Record<string, string> = { ann: 'ab', bob: 'bc' }
  const heads: Record<string, { seq: number; id: string | null }> = {}
  const numbers: Record<string, number> = {}
  const lines: { line: AttackLine; user: string; storeId: string }[] = []
  let pushed = 0
  for (let i = 0; i < 400 * SCALE; i++) {
    const user = random(2) === 0 ? 'ann' : 'bob'
    const storeId = 'abc'[random(3)] as string
    const line = await open({ storeId, token: user, clientId: user })
    const allowed = rights[user]?.includes(storeId)
    expect([storeId, user, line.closedFor === null]).toEqual([storeId, user, allowed])
    lines.push({ line, user, storeId })
    if (!allowed) continue
    line.send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: 5, live: random(2) === 0 })
    const head = heads[storeId] ?? { seq: 0, id: null }
    const session = `${user}-${storeId}`
    const n = (numbers[session] ?? 0) + 1
    const event = { ...EVENT, id: `${session}.${n}`, sessionId: session, clientId: user, args: { storeId } }
    line.send({ type: 'push', ref: 2, after: head.seq, afterId: head.id, events: [event] })
    const answer = await line.until(({ ref }) => ref === 2)
    expect(answer?.type).toBe('pushed')
    numbers[session] = n
    heads[storeId] = { seq: head.seq + 1, id: event.id }
    pushed++
    // A message of the right form that names another store changes nothing: only the hello names one.
    line.send({ type: 'pull', ref: 3, after: 0, afterId: null, limit: 5, live: false, storeId: 'abc'[random(3)] })
    await line.until(({ ref }) => ref === 3)
    if (random(2) === 0) line.end()
  }
  expect(pushed).toBeGreaterThan(100)
  for (const { line, user, storeId } of lines) {
    const seen = new Set(
      line.heard.flatMap(({ events = [] }) => events.map(({ args }) => (args as { storeId: string }).storeId)),
    )
    expect([user, [...seen].filter((other) => other !== storeId)]).toEqual([user, []])
    line.end()
  }
})

test('no frame reaches a prototype, with Object.prototype frozen and without', async () => {
  const args = [JSON.stringify(pollution.map(pushOf))]
  for (const frozen of ['frozen', 'open']) {
    const child = fork(join(import.meta.dirname, 'testing/polluted.ts'), [frozen, ...args], {
      execArgv: ['--conditions=livefold-source'],
    })
    const [[report]] = await Promise.all([once(child, 'message'), once(child, 'exit')])
    expect(report).toEqual({ polluted: false, keys: [], refused: 4 + 1, stored: pollution.length - 5 })
  }
})

test('BND-1 500 slow readers, 1,000 idle connections and 50 busy ones: all is acknowledged, memory stays bounded', async () => {
  const child = fork(join(import.meta.dirname, 'testing/crowd-server.ts'), [], {
    execArgv: ['--conditions=livefold-source', '--expose-gc'],
  })
  const [url] = await once(child, 'message')
  const crowd = fork(join(import.meta.dirname, 'testing/crowd.ts'), [url as string, String(SCALE)], {
    execArgv: ['--conditions=livefold-source'],
  })
  const memory = async () => {
    child.send('memory')
    return (await once(child, 'message'))[0] as { rss: number; connections: number }
  }
  const stage = async (name: string) => {
    crowd.send(name)
    return (await once(crowd, 'message'))[0]
  }
  try {
    expect(await stage('idle 1000')).toBe(1_000)
    expect(await stage('slow 500')).toBe(500)
    expect(await stage('warm')).toBe('warm')
    const before = await memory()
    expect(before.connections).toBe(1_501)
    // 24 MiB for each of the slow readers, if anything queued for them.
    expect(await stage('flood')).toBe('flooded')
    const after = await memory()
    expect((after.rss - before.rss) / 2 ** 20).toBeLessThan(64)
    expect(await stage('busy 50')).toBe(50 * 20)
    expect(await stage('alive')).toBe(1_000)
  } finally {
    crowd.kill()
    child.disconnect()
    await once(child, 'exit')
  }
})
