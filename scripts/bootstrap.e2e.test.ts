import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tryCommand } from './run-command.ts'
import { root } from './workspace.ts'

// A workspace in miniature: the real `npm start` with the real bootstrap, an `npx` that only notes how it was called,
// and in place of the app a server that listens on a port.

let folder: string
let npxLog: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'livefold-bootstrap-'))
  npxLog = join(folder, 'npx.log')
  for (const file of ['bootstrap.mjs', 'supervise.mjs', 'tasks.mjs'])
    put(`scripts/${file}`, readFileSync(join(root, 'scripts', file), 'utf8'))
  put('package.json', readFileSync(join(root, 'package.json'), 'utf8'))
  put('core/package.json', '{ "name": "core" }')
  put('node_modules/.bin/.keep', '')
  symlinkSync(join(root, 'node_modules/node'), join(folder, 'node_modules/node'))
  put('bin/npx', `#!/bin/sh\necho "$@" >> ${npxLog}\nexit \${NPX_CODE:-0}\n`)
  chmodSync(join(folder, 'bin/npx'), 0o755)
})

afterEach(() => {
  for (const child of children.splice(0)) {
    child.stdout?.destroy()
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // The whole group ended by itself, as it should.
    }
  }
  rmSync(folder, { recursive: true, force: true })
})

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

/** A machine with its own Node and npm, ours nowhere on the path. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const machine = process.env.PATH!.split(':').filter((part) => !part.startsWith(root))
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_OPTIONS|INIT_CWD)/.test(name))
  return { ...Object.fromEntries(kept), PATH: [join(folder, 'bin'), ...machine].join(':'), ...more }
}

const installs = () => (existsSync(npxLog) ? readFileSync(npxLog, 'utf8').trim().split('\n') : [])

const SERVER = `
import { createServer } from 'node:net'
const server = createServer().listen(0, '127.0.0.1', () => console.log('listening', server.address().port, process.version))
`
const CLOSES = `${SERVER}for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close(() => process.exit(7)))`
const IGNORES = `${SERVER}for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})`
const GRANDCHILD = `import { spawn } from 'node:child_process'
spawn(process.execPath, [import.meta.dirname + '/stubborn.ts'], { stdio: 'inherit' })
process.on('SIGTERM', () => {})
`

function start(): Promise<{ npm: ChildProcess; port: number; version: string }> {
  const npm = spawn('npm', ['start'], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  children.push(npm)
  return new Promise((resolve, reject) => {
    let output = ''
    npm.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const found = /listening (\d+) (v[\d.]+)/.exec(output)
      if (found) resolve({ npm, port: Number(found[1]), version: found[2]! })
    })
    npm.on('exit', () => reject(new Error(`npm start ended before its server listened:\n${output}`)))
  })
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

const exitOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))

test.each(['SIGINT', 'SIGTERM'] as const)(
  'npm start: %s to npm alone ends everything and frees the port',
  async (signal) => {
    put('playground/start.ts', CLOSES)
    const { npm, port, version } = await start()
    expect(version).toBe(
      `v${execFileSync(join(root, 'node_modules/node/bin/node'), ['-p', 'process.versions.node']).toString().trim()}`,
    )
    expect(await listens(port)).toBe(true)
    npm.kill(signal)
    await exitOf(npm)
    await expect.poll(() => listens(port), { timeout: 3_000, interval: 20 }).toBe(false)
  },
)

test('npm start: Ctrl-C, which reaches the whole process group, frees the port', async () => {
  put('playground/start.ts', CLOSES)
  const { npm, port } = await start()
  process.kill(-npm.pid!, 'SIGINT')
  await exitOf(npm)
  await expect.poll(() => listens(port), { timeout: 3_000, interval: 20 }).toBe(false)
})

test.each([
  ['an app', IGNORES],
  ['a child process of the app', GRANDCHILD],
])('npm start: %s that ignores the signal is killed within 3 s', async (_, code) => {
  put('playground/start.ts', code)
  put('playground/stubborn.ts', IGNORES)
  const { npm, port } = await start()
  npm.kill('SIGTERM')
  await expect.poll(() => listens(port), { timeout: 3_000, interval: 50 }).toBe(false)
})

const task = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  tryCommand('node', ['scripts/bootstrap.mjs', ...args], { cwd: folder, env: environment(env) })

test('exit code, arguments and the caller’s folder come through; the install happens once', async () => {
  put(
    'playground/history/src/cli.ts',
    `console.log(JSON.stringify(process.argv.slice(2)), process.cwd()); process.exit(5)`,
  )
  mkdirSync(join(folder, 'elsewhere'))
  const first = await task(['history', 'verify', '--limit', '3'], { INIT_CWD: join(folder, 'elsewhere') })
  expect(first.code).toBe(5)
  expect(first.output).toContain('["verify","--limit","3"]')
  expect(first.output).toContain(join(folder, 'elsewhere'))
  const second = await task(['history'])
  expect(second.code).toBe(5)
  expect(installs()).toEqual(['-y pnpm@12.21.0 install --frozen-lockfile'])
})

test('a changed manifest or lockfile installs again', async () => {
  put('playground/history/src/cli.ts', '')
  await task(['history'])
  put('core/package.json', '{ "name": "core", "dependencies": {} }')
  await task(['history'])
  put('pnpm-lock.yaml', 'lockfileVersion: 9')
  await task(['history'])
  await task(['history'])
  expect(installs()).toHaveLength(3)
})

test('a failed install stops with its code, says what to do, and is tried again', async () => {
  put('playground/history/src/cli.ts', `console.log('ran')`)
  const failed = await task(['history'], { NPX_CODE: '9' })
  expect(failed.code).toBe(9)
  expect(failed.output).toContain('npx pnpm@12.21.0 install')
  expect(failed.output).not.toContain('ran')
  expect((await task(['history'])).output).toContain('ran')
})

test('an unknown task is refused with the list of tasks', async () => {
  const { code, output } = await task(['deploy'])
  expect(code).toBe(2)
  expect(output).toContain('start, test, bench, soak, crash-points')
})
