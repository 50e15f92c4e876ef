import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CommandProcess } from './command-process.ts'
import { createFixture } from './fixture.ts'

let root: string
let repository: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'livefold-start-'))
  repository = join(root, 'fixture.git')
  await createFixture(repository, { commits: 120, rootFiles: 100 })
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Takes the port as a server would, so that a port still in use fails. */
function take(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      const taken = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(taken))
    })
  })
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('folds on two clients, is equal to git, and %s frees the port', async (name, exitCode) => {
  const port = await take(0)
  const env = { SYNC_PORT: String(port), SYNC_DATA: join(root, name), HISTORY_REPOSITORY: repository }
  const running = new CommandProcess('cli.ts', ['live'], env)
  await running.says(new RegExp(`sync server at http://127.0.0.1:${port}/sync`))
  await running.says(/left: online.*right: online/)
  await running.says(/both clients hold the same \([0-9a-f]{16}\), equal to git's \d+ files/)
  expect((await running.kill(name)).code).toBe(exitCode)
  expect(await take(port)).toBe(port)

  const again = new CommandProcess('cli.ts', ['live'], env)
  await again.says(/equal to git's \d+ files/)
  expect((await again.kill(name)).code).toBe(exitCode)
})

test('a signal in the middle of the fold ends it too', async () => {
  const port = await take(0)
  const running = new CommandProcess('cli.ts', ['live'], { SYNC_PORT: String(port), SYNC_DATA: join(root, 'cut') })
  await running.says(/sync server at/)
  expect((await running.kill('SIGTERM')).code).toBe(143)
  expect(await take(port)).toBe(port)
})

test('a port in use is said', async () => {
  const blocker = createServer()
  const port = await new Promise<number>((resolve) => {
    blocker.listen(0, '127.0.0.1', () => resolve((blocker.address() as { port: number }).port))
  })
  try {
    const running = new CommandProcess('cli.ts', ['live'], {
      SYNC_PORT: String(port),
      SYNC_DATA: join(root, 'blocked'),
    })
    const { code, output } = await running.ended
    expect([code, output]).toEqual([1, expect.stringContaining(`port ${port} is in use`)])
  } finally {
    blocker.close()
  }
})
