import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventRecord } from '@livefold/core/adapter'
import type { LogStore } from '@livefold/core/server'
import { afterEach, beforeEach } from 'vitest'
import { sqliteLogStore } from '../sqlite-log-store.ts'

/** A directory for each test of a file, with the logs that it opens; both are gone after it. */
export class LogFolder {
  #directory = ''
  #opened: LogStore[] = []

  constructor() {
    beforeEach(() => {
      this.#directory = mkdtempSync(join(tmpdir(), 'livefold-log-'))
    })
    afterEach(async () => {
      for (const log of this.#opened) await log.close()
      this.#opened = []
      rmSync(this.#directory, { recursive: true })
    })
  }

  get directory(): string {
    return this.#directory
  }

  get file(): string {
    return join(this.#directory, 'log.db')
  }

  open(path = this.file): LogStore {
    return this.keep(sqliteLogStore({ file: path }))
  }

  /** Closes it after the test. */
  keep(log: LogStore): LogStore {
    this.#opened.push(log)
    return log
  }
}

/** An event of the session that its id begins with. */
export function testedEvent(id: string, more: Partial<EventRecord> = {}): EventRecord {
  const sessionId = id.split('.')[0] as string
  return { id, name: 'v1.Tested', args: { id }, clientId: 'c', sessionId, parent: 0, at: 1_700_000_000_000, ...more }
}
