import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createStore } from '@livefold/core'
import { platformSchema } from '@livefold/core/testing'
import { expect, test } from 'vitest'
import { removeMark } from './clean-mark.ts'
import { nodeAdapter } from './index.ts'
import { locateStore } from './store-location.ts'
import { damageStateRow } from './testing/damaged-row.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

const victim = fileURLToPath(new URL('./testing/repair-victim.ts', import.meta.url))
const labels = { compile: () => ({ sql: 'select label from items order by id', parameters: [] }) }

const open = (directory: string) =>
  createStore({
    schema: platformSchema(1),
    storeId: 's',
    adapter: nodeAdapter({ directory }),
    development: false,
  })

test('LOG-1 a kill before each call that changes a file, while a damaged one is replaced, loses nothing', async () => {
  const directory = temporaryDirectory()
  try {
    const damaged = join(directory.path, 'damaged')
    const store = await open(damaged)
    for (const id of ['a', 'b', 'c']) {
      await store.commit({ name: 'v1.ItemAdded', args: { id, label: `needle-${id}`, rank: 0 }, local: false }).confirmed
    }
    await store.close()
    damageStateRow(locateStore(damaged, 's').database, 'needle-b')

    let kills = 0
    for (;;) {
      const path = join(directory.path, 'tried')
      cpSync(damaged, path, { recursive: true })
      const { signal, stdout } = spawnSync(
        process.execPath,
        ['--conditions=livefold-source', victim, path, String(kills + 1)],
        { encoding: 'utf8' },
      )
      if (signal !== 'SIGKILL') {
        expect(stdout).toBe('open\n')
        break
      }
      kills += 1
      const again = await open(path)
      expect(again.query(labels), `killed before call ${kills}`).toEqual(
        ['a', 'b', 'c'].map((id) => ({ label: `needle-${id}` })),
      )
      expect(again.status.upstreamHead.value).toBe(3)
      await again.close()
      const left = readdirSync(path)
      expect(left.filter((name) => /fresh|keeping/.test(name))).toEqual([])
      expect(left).toContain('s.sqlite')
      rmSync(path, { recursive: true })
    }
    // Copying, removing what was there, and putting in place.
    expect(kills).toBeGreaterThan(10)
  } finally {
    directory.remove()
  }
}, 120_000)

test('a new file that is whole takes the place of a database that is missing', async () => {
  const directory = temporaryDirectory()
  try {
    const store = await open(directory.path)
    await store.commit({ name: 'v1.ItemAdded', args: { id: 'a', label: 'x', rank: 0 }, local: false }).confirmed
    await store.close()
    const { database } = locateStore(directory.path, 's')
    cpSync(database, `${database}.fresh`)
    removeMark(database)
    rmSync(database)
    const again = await open(directory.path)
    expect(again.status.upstreamHead.value).toBe(1)
    await again.close()
  } finally {
    directory.remove()
  }
})
