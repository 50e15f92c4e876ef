import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createStore, type Store } from '@livefold/core'
import { platformSchema } from '@livefold/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeAdapter } from './index.ts'
import { locateStore } from './store-location.ts'
import { damageStateRow } from './testing/damaged-row.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

// A disk of 12 MiB of its own: only root may mount one.
const mounts = process.platform === 'linux' && process.getuid?.() === 0
const EVENTS = 600
const DISK = 12 * 2 ** 20

let directory: ReturnType<typeof temporaryDirectory>
let disk: string
let mounted = false
let store: Store

beforeEach(() => {
  directory = temporaryDirectory()
  disk = join(directory.path, 'disk')
  mkdirSync(disk)
})
afterEach(async () => {
  await store?.close()
  if (mounted) execFileSync('umount', [disk])
  mounted = false
  directory.remove()
})

/** False where a container does not let root mount. */
function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk], { stdio: 'ignore' })
    mounted = true
  } catch {}
  return mounted
}

const open = (timeout: number) =>
  createStore({
    schema: platformSchema(1),
    storeId: 's',
    adapter: nodeAdapter({ directory: disk }),
    development: false,
    timeout,
  })
const count = { compile: () => ({ sql: 'select count(*) as n from items', parameters: [] }) }

// Room beside the damaged file, as shares of it: too little for the copy, for the new one's write-ahead log, for the new one itself, and enough.
test.skipIf(!mounts).each([0.5, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6])(
  'DUR-1 LOG-1 with room for %s of a damaged file it is replaced whole, or not yet and nothing is left of the attempt',
  async (room) => {
    if (!mount()) return
    store = await open(30_000)
    for (let i = 0; i < EVENTS; i++) {
      const args = { id: `i${i}`, label: `needle-${i}-${'x'.repeat(1_000)}`, rank: 0 }
      store.commit({ name: 'v1.ItemAdded', args, local: false })
    }
    await store.settled()
    await store.close()
    const { database } = locateStore(disk, 's')
    damageStateRow(database, 'needle-300-')
    const { bavail, bsize } = statfsSync(disk)
    const ballast = join(disk, 'ballast')
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - Math.floor(statSync(database).size * room)))

    const refused = await open(500).then(
      (opened) => {
        store = opened
        return null
      },
      (thrown) => thrown,
    )
    if (refused) {
      expect(refused.message).toContain('could not be replaced yet')
      expect(refused.cause).toMatchObject({ code: 'storage/full', retry: 'restart' })
      expect(readdirSync(disk).filter((name) => /damaged|fresh|keeping/.test(name))).toEqual([])
    } else await store.close()
    expect(refused === null).toBe(room > 1.5)

    rmSync(ballast)
    store = await open(30_000)
    expect(store.query(count)).toEqual([{ n: EVENTS }])
    expect(store.status.upstreamHead.value).toBe(EVENTS)
    const told = { code: 'storage/corrupt', details: { confirmed: EVENTS, missing: [] } }
    if (refused) expect(store.status.error.value).toMatchObject(told)
  },
  60_000,
)
