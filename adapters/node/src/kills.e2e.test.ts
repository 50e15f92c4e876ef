import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { temporaryDirectory } from './testing/temporary-directory.ts'
import { Victim } from './testing/victim.ts'

/** SIGKILLs, and ends of a leader's thread. More: `KILLS=2000 npm run kills`. */
const KILLS = Number(process.env.KILLS ?? 150)
/** Commits that at least one client is told of between two kills. */
const ACKS = 5

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

let victims: Victim[] = []
let directory: ReturnType<typeof temporaryDirectory>

afterEach(async () => {
  await Promise.all(victims.map((victim) => victim.kill()))
  directory.remove()
})

test(`DUR-1 LOG-1 ${KILLS} kills of server, clients and a leader's thread under load: nothing acked is lost, nothing is there twice`, async () => {
  directory = temporaryDirectory()
  const { path } = directory
  let port = '0'
  const server = new Victim('server', () => [
    here('../../server/src/cli.ts'),
    ...['--port', port, '--data', join(path, 'server')],
  ])
  const url = () => `ws://127.0.0.1:${port}/sync`
  const client = (name: string, where: string) =>
    new Victim(name, () => [here('./testing/kill-victim.ts'), join(path, name), url(), where])
  const inThread = client('in-thread', 'thread')
  const inWorker = client('in-worker', 'worker')
  const clients = [inThread, inWorker]
  victims = [server, ...clients]

  const startServer = async () => {
    const listening = server.says('livefold-server listening')
    server.start()
    port = (await listening).match(/:(\d+)/)?.[1] as string
  }
  const startClient = async (victim: Victim) => {
    const ready = victim.says('ready')
    victim.start()
    await ready
  }
  await startServer()
  await Promise.all(clients.map(startClient))

  const strikes = [
    async () => {
      await server.kill()
      await startServer()
    },
    async () => {
      await inThread.kill()
      await startClient(inThread)
    },
    async () => {
      await inWorker.kill()
      await startClient(inWorker)
    },
    async () => inWorker.signal('SIGUSR2'),
  ]
  for (let kills = 0; kills < KILLS; kills += 2) {
    // Two at once, another pair each round: every part dies beside every other.
    const first = (kills / 2) % strikes.length
    const second = (first + 1 + (Math.floor(kills / 8) % (strikes.length - 1))) % strikes.length
    const acked = Promise.all(clients.map((victim) => victim.says('acked', ACKS)))
    await Promise.all([strikes[first]?.(), strikes[second]?.()])
    await acked
  }

  const settled = clients.map((victim) => victim.says('settled'))
  for (const victim of clients) victim.tell('settle\n')
  await Promise.all(settled)
  await server.kill()

  const acked = clients.flatMap(({ lines }) => idsIn(lines))
  const log = read(join(path, 'server', 'log.db'), 'SELECT id, args FROM events ORDER BY seq')
  const ids = log.map(([id]) => String(id))
  const items = log.map(([, args]) => (JSON.parse(String(args)) as { id: string }).id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(new Set(items).size).toBe(items.length)
  const there = new Set(ids)
  expect(acked.filter((id) => !there.has(id))).toEqual([])
  expect(acked.length).toBeGreaterThan(KILLS * ACKS)
  for (const file of ['server/log.db', 'in-thread/s.sqlite', 'in-worker/s.sqlite']) {
    expect(read(join(path, file), 'PRAGMA integrity_check')).toEqual([['ok']])
  }
  console.log(`${KILLS} kills: ${acked.length} events acked, ${ids.length} in the log, 0 lost, 0 twice`)
}, 900_000)

function idsIn(lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith('acked ')).flatMap((line) => line.split(' ').slice(1))
}

function read(file: string, sql: string): unknown[][] {
  const database = new DatabaseSync(file)
  try {
    const statement = database.prepare(sql)
    statement.setReturnArrays(true)
    return statement.all() as unknown as unknown[][]
  } finally {
    database.close()
  }
}
