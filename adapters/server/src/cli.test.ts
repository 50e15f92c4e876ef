import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SyncTransport } from '@livefold/core/adapter'
import { httpSync, webSocketSync } from '@livefold/sync'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sqliteLogStore } from './sqlite-log-store.ts'
import { testedEvent } from './testing/log-folder.ts'

// Processes and disks of a busy machine take their time.
vi.setConfig({ testTimeout: 30_000 })

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url))

let data: string
let children: ChildProcess[] = []

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'livefold-cli-'))
})

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  rmSync(data, { recursive: true })
})

const run = (...args: string[]) => runOn([], ...args)

/** @param node options for Node itself */
function runOn(node: readonly string[], ...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=livefold-source', ...node, CLI, ...args])
  children.push(child)
  let out = ''
  let err = ''
  const ready = Promise.withResolvers<number>()
  child.stdout.on('data', (chunk) => {
    out += chunk
    const port = /listening on http:\/\/127\.0\.0\.1:(\d+)\/sync/.exec(out)?.[1]
    if (port) ready.resolve(Number(port))
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => {
    ready.reject(new Error(`ended with ${code ?? signal}: ${err}`))
    return { code, signal, out, err }
  })
  ready.promise.catch(() => {})
  return { child, ready: ready.promise, ended }
}

/** A line that has been welcomed; `closed` tells how it ends. */
async function welcomed(transport: SyncTransport): Promise<{ closed: Promise<string> }> {
  const closed = Promise.withResolvers<string>()
  await new Promise<void>((resolve, reject) => {
    const line = transport.connect({
      open: () => line.send('{"type":"hello","protocol":1,"storeId":"s","clientId":"c","head":0,"headId":null}'),
      frame: () => resolve(),
      closed(error) {
        closed.resolve(error.code)
        reject(error)
      },
    })
  })
  return { closed: closed.promise }
}

async function listen(port: number): Promise<Server> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'BND-1 %s ends it with 0 and frees the port, clients or not',
  async (signal) => {
    const { child, ready, ended } = run('--port', '0', '--data', data)
    const port = await ready
    const url = `http://127.0.0.1:${port}/sync`
    const clients = await Promise.all([webSocketSync({ url }), httpSync({ url })].map(welcomed))
    child.kill(signal)
    // It ends by itself, not by `process.exit`: nothing may be left running.
    expect(await ended).toMatchObject({ code: 0, err: '' })
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(['sync/offline', 'sync/offline'])
    const server = await listen(port)
    server.close()
  },
)

test('it prints one line, serves, and keeps what it was given', async () => {
  const first = run('--port', '0', '--data', join(data, 'made', 'here'))
  const health = await fetch(`http://127.0.0.1:${await first.ready}/health`)
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
  first.child.kill('SIGTERM')
  const { out } = await first.ended
  expect(out.split('\n').length).toBe(2)
})

test('an older Node is told which one is needed, in one line', async () => {
  const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })"
  expect(await runOn(['--import', `data:text/javascript,${older}`], '--help').ended).toMatchObject({
    code: 1,
    out: '',
    err: 'livefold-server needs Node 24 or newer; this is Node 20.20.2.\n',
  })
})

test('a port in use: one line, exit code 1', async () => {
  const other = await listen(0)
  const { port } = other.address() as { port: number }
  const { code, err, out } = await run('--port', `${port}`, '--data', data).ended
  other.close()
  expect({ code, out, err }).toEqual({
    code: 1,
    out: '',
    err: `livefold-server: The server cannot listen on 127.0.0.1: port ${port} is in use. Stop what listens there, or give another port (0 takes a free one).\n`,
  })
})

test('data in use: one line, exit code 1', async () => {
  const first = run('--port', '0', '--data', data)
  await first.ready
  const { code, err } = await run('--port', '0', '--data', data).ended
  expect(code).toBe(1)
  expect(err).toMatch(/^livefold-server: The event log .*log\.db is in use by another server\..*\n$/)
})

test('--check tells a sound log from a damaged one, beside the server too', async () => {
  const server = run('--port', '0', '--data', data)
  await server.ready
  const sound = await run('--check', '--data', data).ended
  expect(sound).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('0 stores, 0 events, all as they were written'),
  })
  server.child.kill('SIGTERM')
  await server.ended
  writeFileSync(join(data, 'log.db'), 'x'.repeat(10_000))
  const { code, out, err } = await run('--check', '--data', data).ended
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^livefold-server: .*not a database.*\n$/)
})

test.each([
  [['--list', '--delete', 'a'], /^livefold-server: --list and --delete are one task each \(see --help\)\n$/],
  [['--prot', '1'], /^livefold-server: Unknown option '--prot'.*\(see --help\)\n$/],
  [['--port', 'many'], /^livefold-server: --port many is not a port.*\n$/],
  [['--port', '65536'], /^livefold-server: --port 65536 is not a port.*\n$/],
  [['--port'], /^livefold-server: .*--port.*\n$/],
  [['extra'], /^livefold-server: .*extra.*\n$/],
])('wrong use %j: one line, exit code 2', async (args, message) => {
  const { code, out, err } = await run(...args).ended
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(message)
})

test('--list and --delete: a store is deleted once the server is stopped, and not before', async () => {
  const log = sqliteLogStore({ file: join(data, 'log.db') })
  await log.append('team/42', 0, null, [testedEvent('a.1')])
  await log.close()
  const { child, ready, ended } = run('--port', '0', '--data', data)
  await ready
  expect(await run('--list', '--data', data).ended).toMatchObject({ code: 0, out: '1\tteam/42\n' })
  const early = await run('--delete', 'team/42', '--data', data).ended
  expect(early).toMatchObject({ code: 1, err: expect.stringContaining('is in use by another server') })
  child.kill('SIGTERM')
  await ended
  expect(await run('--delete', 'team/43', '--data', data).ended).toMatchObject({
    code: 1,
    err: expect.stringContaining('has no store "team/43"'),
  })
  const done = await run('--delete', 'team/42', '--data', data).ended
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('deleted team/42') })
  expect(await run('--list', '--data', data).ended).toMatchObject({ code: 0, out: '' })
})

test('--help and --version', async () => {
  const [help, version] = await Promise.all([run('--help').ended, run('--version').ended])
  expect(help).toMatchObject({ code: 0, out: expect.stringContaining('--port') })
  expect(version).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
})
