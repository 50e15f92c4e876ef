import sqlite3InitModule from '@sqlite.org/sqlite-wasm'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import { openWasmDriver } from '../../sqlite/open-wasm-driver.ts'
import type { Sqlite3Static } from '../../sqlite/sqlite3.ts'
import { type CrashPointOptions, checkCrashPoints } from './crash-points.ts'
import { type CrashRun, runCrashWorkload } from './crash-workload.ts'
import { type FileOperation, FileSet } from './file-operations.ts'
import { RecordingVfs } from './recording-vfs.ts'

const FILE = '/store.sqlite3'
/** Pages of the log between checkpoints: few, so that many of the cuts are within one. */
const CHECKPOINT_PAGES = 60

export type Synchronous = 'NORMAL' | 'FULL' | 'OFF'

interface Recorded {
  readonly operations: readonly FileOperation[]
  readonly run: CrashRun
  readonly openFile: () => SqliteDriver
}

/** SQLite on the recording file system, opened as the leader's file in the browser is. */
export class CrashRig {
  readonly vfs: RecordingVfs
  readonly openMemory: () => SqliteDriver
  readonly #sqlite3: Sqlite3Static

  private constructor(sqlite3: Sqlite3Static) {
    this.#sqlite3 = sqlite3
    this.vfs = new RecordingVfs(sqlite3, 'livefold-recording')
    this.openMemory = () => openWasmDriver(sqlite3)
  }

  static async load(): Promise<CrashRig> {
    return new CrashRig((await sqlite3InitModule()) as unknown as Sqlite3Static)
  }

  openFile(synchronous: Synchronous): SqliteDriver {
    const driver = openWasmDriver(this.#sqlite3, FILE, { vfs: this.vfs.name, exclusive: true })
    driver.prepare('PRAGMA journal_mode = WAL').values()
    driver.exec(
      `PRAGMA synchronous = ${synchronous}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA temp_store = MEMORY`,
    )
    return driver
  }

  /** Runs the workload on empty files, and keeps every operation. */
  async record(synchronous: Synchronous, { commits, seed }: { commits: number; seed: number }): Promise<Recorded> {
    const { vfs } = this
    const operations: FileOperation[] = []
    const openFile = () => this.openFile(synchronous)
    vfs.files = new FileSet()
    vfs.operations = operations
    try {
      const run = await runCrashWorkload({ openFile, operations: () => operations.length, commits, seed })
      return { operations, run, openFile }
    } finally {
      vfs.operations = null
    }
  }

  /** @returns number of places @throws Violation */
  check(recorded: Recorded, options: Omit<CrashPointOptions, keyof Recorded | 'vfs' | 'openMemory'>): Promise<number> {
    return checkCrashPoints({ ...recorded, ...options, vfs: this.vfs, openMemory: this.openMemory })
  }
}
