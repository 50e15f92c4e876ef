import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { AskedProcess } from './processes/asked-process.ts'
import type { Host } from './suite/host.ts'
import type { Row, Trial } from './suite/row.ts'

const folder = join(import.meta.dirname, '../peers')

const CLIENT = ['commit-1', 'commit-1-settled', 'commit-10k', 'read', 'read-again', 'list-100', 'live-1000']
const LISTS = ['list-100-of-100k', 'sorted-100k', 'sorted-100k-first']

/** The rows that each can do. LiveStore would fill 100k rows for minutes, and maintains no lists; it alone rebases. */
const ROWS: Readonly<Record<string, readonly string[]>> = {
  livestore: [...CLIENT, 'rebase-session'],
  tanstack: [...CLIENT, 'sorted-100k', 'sorted-100k-first'],
  tinybase: [...CLIENT, ...LISTS],
  zero: [...CLIENT, ...LISTS],
}

const WARM_UP_MS = 2_000
const WARM_UP_SAMPLES = 60

export interface PeersHost extends Host {
  close(): Promise<void>
}

/** Installs the peers where they are not, and starts a process for each. The rows that none of them can do are left out. */
export async function openPeers(own: Host): Promise<PeersHost> {
  install()
  const peers = new Map<string, AskedProcess>()
  for (const name of Object.keys(ROWS)) {
    const peer = new AskedProcess(join(folder, 'peer-process.ts'), { silent: true })
    peers.set(name, peer)
    await peer.ask('load', name)
  }
  const able = (row: Row) => Object.keys(ROWS).filter((name) => ROWS[name]?.includes(row.name))
  return {
    contestants: (row) => (able(row).length > 0 ? [...own.contestants(row), ...able(row)] : []),
    async start(row, name, size) {
      const peer = peers.get(name)
      if (!peer) return warmedUp(await own.start(row, name, size))
      const trial = await peer.ask<number | null>('start', row.name, size)
      if (trial === null) return null
      return warmedUp({ sample: () => peer.ask<number>('sample', trial), end: () => peer.ask('end', trial) })
    },
    probe: () => own.probe(),
    async close() {
      await Promise.all([...peers.values()].map((peer) => peer.stop()))
    },
  }
}

/** For as long for everyone: the rows' own warm-up is cut short, since the slowest would take minutes for it. */
async function warmedUp(trial: Trial | null): Promise<Trial | null> {
  const end = performance.now() + WARM_UP_MS
  for (let i = 0; trial && i < WARM_UP_SAMPLES && performance.now() < end; i++) await trial.sample()
  return trial
}

function install(): void {
  const { status } = spawnSync('npx', ['-y', 'pnpm@12.21.0', 'install', '--frozen-lockfile'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error(`The peers could not be installed: pnpm install in ${folder} ended with ${status}.`)
}
