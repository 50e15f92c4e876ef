import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { startServer } from '@livefold/server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryDirectory } from './testing/temporary-directory.ts'

let directory: ReturnType<typeof temporaryDirectory>
let ends: (() => unknown)[] = []

beforeEach(() => {
  directory = temporaryDirectory()
})

afterEach(async () => {
  for (const end of ends.reverse()) await end()
  ends = []
  directory.remove()
})

/** Runs `testing/closing-app.ts`; gives what is left after closing. */
function app(where: 'thread' | 'worker' | 'silent', url: string, when: 'at once' | 'when told') {
  const file = fileURLToPath(new URL('./testing/closing-app.ts', import.meta.url))
  const flags = ['--conditions=livefold-source', '--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...flags, file, directory.path, where, url, when], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  ends.push(() => child.kill('SIGKILL'))
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
    if (out.endsWith('\n')) child.stdin.end()
  })
  const exited = once(child, 'exit').then(([code]) => ({
    code,
    ...(JSON.parse(out) as { left: string[] }),
  }))
  return { tell: () => child.stdin.write('now'), exited }
}

/** A server that takes lines and never says a word. */
async function mute(): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sync`
}

/** A server that has a push in hand for longer than any test lasts. */
async function slow(inHand: () => void): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const validate = () => {
    inHand()
    return promise
  }
  const server = await startServer({ port: 0, data: ':memory:', validate })
  ends.push(() => server.close(), resolve)
  return server.url.replace('http', 'ws')
}

test.each(['thread', 'worker'] as const)(
  'BND-1 closed while it connects: nothing is left (leader in a %s)',
  async (where) => {
    const { code, left } = await app(where, await mute(), 'at once').exited
    expect({ code, left }).toEqual({ code: 0, left: [] })
  },
  30_000,
)

test.each(['thread', 'worker'] as const)(
  'BND-1 closed in the middle of a push: nothing is left (leader in a %s)',
  async (where) => {
    let tell = () => {}
    const running = app(where, await slow(() => tell()), 'when told')
    tell = running.tell
    const { code, left } = await running.exited
    expect({ code, left }).toEqual({ code: 0, left: [] })
  },
  30_000,
)

test('BND-1 given up in the middle of its boot: nothing is left', async () => {
  const { code, left } = await app('silent', await mute(), 'at once').exited
  expect({ code, left }).toEqual({ code: 0, left: [] })
}, 30_000)
