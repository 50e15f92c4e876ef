import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** The ports have to be free within this, ms. */
const STOP = 3_000

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'livefold-start-'))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

/** Takes the port as a server would (0: any that is free), and gives it back. */
async function take(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  const taken = (server.address() as AddressInfo).port
  server.close()
  await once(server, 'close')
  return taken
}

interface Playground {
  readonly child: ChildProcess
  /** Resolves with `[code, signal]`. */
  readonly ended: Promise<unknown[]>
  output(): string
}

function start(playgroundPort: number, syncPort: number): Playground {
  const env = { PLAYGROUND_PORT: `${playgroundPort}`, SYNC_PORT: `${syncPort}`, SYNC_DATA: data }
  const child = spawn(process.execPath, ['--conditions=livefold-source', join(import.meta.dirname, 'start.ts')], {
    env: { ...process.env, ...env, NODE_ENV: 'development' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return { child, ended: once(child, 'exit'), output: () => output }
}

/** Every page by its path: the start page, and the folders that have one. */
const paths = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(join(import.meta.dirname, entry.name)).includes('index.html'))
  .map(({ name }) => `${name}/`)

test.each(['SIGINT', 'SIGTERM'] as const)('start prints both addresses, serves, and stops on %s', async (signal) => {
  const [playgroundPort, syncPort] = [await take(0), await take(0)]
  const { child, ended, output } = start(playgroundPort, syncPort)
  const url = `http://127.0.0.1:${playgroundPort}/`
  await expect.poll(output, { timeout: 60_000 }).toContain(url)
  expect(output()).toContain(`http://127.0.0.1:${syncPort}/sync`)
  expect(paths).toContain('vanilla/')
  for (const path of ['', ...paths]) {
    const answer = await fetch(url + path)
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, expect.stringContaining('Livefold')])
  }
  // A client that stays connected keeps nothing open.
  const socket = new WebSocket(`ws://127.0.0.1:${syncPort}/sync`)
  await once(socket, 'open')
  const asked = performance.now()
  child.kill(signal)
  expect(await ended).toEqual([0, null])
  expect(performance.now() - asked).toBeLessThan(STOP)
  await Promise.all([take(playgroundPort), take(syncPort)])
})

test.each(['PLAYGROUND_PORT', 'SYNC_PORT'])('a %s in use is said, and nothing goes on', async (variable) => {
  const blocker = createServer().listen(0, '127.0.0.1')
  await once(blocker, 'listening')
  const { port } = blocker.address() as AddressInfo
  const free = await take(0)
  const { ended, output } = variable === 'SYNC_PORT' ? start(free, port) : start(port, free)
  expect([await ended, output()]).toEqual([
    [1, null],
    expect.stringContaining(`port ${port} is in use; set ${variable} to another one`),
  ])
  blocker.close()
  await take(free)
})

test('a signal while it starts ends it', async () => {
  const [playgroundPort, syncPort] = [await take(0), await take(0)]
  const { child, ended, output } = start(playgroundPort, syncPort)
  await expect.poll(output, { timeout: 60_000 }).toContain('sync server at')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  await Promise.all([take(playgroundPort), take(syncPort)])
})
