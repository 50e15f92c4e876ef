import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { logStoreConformance } from '@livefold/core/testing'
import { describe, expect, test } from 'vitest'
import { sqliteLogStore } from './sqlite-log-store.ts'

logStoreConformance(
  'SQLite file',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'livefold-log-'))
    const file = join(directory, 'log.db')
    let log = sqliteLogStore({ file })
    return {
      log,
      async reopen() {
        await log.close()
        log = sqliteLogStore({ file })
        return log
      },
      async dispose() {
        await log.close()
        rmSync(directory, { recursive: true })
      },
    }
  },
  { describe, test, expect },
)

logStoreConformance('SQLite in memory', async () => ({ log: sqliteLogStore({ file: ':memory:' }) }), {
  describe,
  test,
  expect,
})
