import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { doubtOfWal } from './opfs-inspect.ts'

const HEADER = 32
const FRAME_HEADER = 24
/** SQLite's usual one, and that of its WebAssembly build. */
const PAGES = [4096, 8192]

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'livefold-wal-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

interface Log {
  readonly database: Uint8Array
  readonly before: Uint8Array
  readonly after: Uint8Array
}

interface LogOptions {
  readonly pageBytes: number
  /** A round that is longer than this one lies behind. */
  readonly earlier: boolean
  /** Before the last transaction. */
  readonly commits: number
  /** As with `durability: 'full'` on files that promise nothing: ends of transactions are repeated up to a sector's. */
  readonly padded: boolean
}

/** A log as it stood before and after a transaction of many pages. */
function logOf({ pageBytes, earlier, commits, padded }: LogOptions): Log {
  const path = join(directory, 'store')
  const database = new DatabaseSync(new URL(`file://${path}${padded ? '?psow=0' : ''}`))
  try {
    database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = WAL`)
    database.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL')
    database.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, v BLOB)')
    const insert = (rows: number) =>
      database.exec(
        `INSERT INTO t (v) VALUES ${Array.from({ length: rows }, () => `(randomblob(${(pageBytes * 3) / 4}))`).join()}`,
      )
    if (earlier) {
      insert(20)
      database.exec('PRAGMA wal_checkpoint')
    }
    for (let i = 0; i < commits; i++) database.exec('INSERT INTO t (v) VALUES (zeroblob(100))')
    const before = readFileSync(`${path}-wal`)
    insert(5)
    return { database: readFileSync(path), before, after: readFileSync(`${path}-wal`) }
  } finally {
    database.close()
  }
}

/** How many frames SQLite reads of a file that is found like this, and what is told of it. */
function findLike({ database }: Log, wal: Uint8Array): { readonly read: number; readonly why: string | null } {
  const path = join(directory, 'found')
  writeFileSync(path, database)
  writeFileSync(`${path}-wal`, wal)
  rmSync(`${path}-shm`, { force: true })
  const found = new DatabaseSync(path)
  try {
    const { log } = found.prepare('PRAGMA wal_checkpoint(NOOP)').get() as { log: number }
    const { page_size } = found.prepare('PRAGMA page_size').get() as { page_size: number }
    return { read: log, why: doubtOfWal(new Uint8Array(wal), log, page_size)?.why ?? null }
  } finally {
    found.close()
  }
}

const KILLED: Omit<LogOptions, 'pageBytes'>[] = [
  { earlier: true, commits: 3, padded: false },
  { earlier: true, commits: 3, padded: true },
  { earlier: true, commits: 0, padded: false },
  { earlier: false, commits: 3, padded: true },
]

test.each<LogOptions>(PAGES.flatMap((pageBytes) => KILLED.map((options) => ({ pageBytes, ...options }))))(
  'DUR-1 no kill in the middle of a transaction is taken for damage: %o',
  (options) => {
    const log = logOf(options)
    const { before, after } = log
    const told = new Set<string | null>()
    // SQLite writes a frame's header, then its page.
    const writes = [0, HEADER]
    const frame = FRAME_HEADER + options.pageBytes
    for (let at = HEADER; at < after.length; at += frame) writes.push(at + FRAME_HEADER, at + frame)
    for (const written of writes) {
      for (const cut of [written, written + 8, written + 12, written + 1_000]) {
        const whole = after.subarray(0, Math.min(cut, after.length))
        told.add(findLike(log, Buffer.concat([whole, before.subarray(whole.length)])).why)
      }
    }
    expect([...told]).toEqual([null])
  },
)

const CHANGED = [
  { what: 'eight bytes', length: 8, from: HEADER + 2_000 },
  { what: 'the header of a frame', length: FRAME_HEADER, from: HEADER },
  { what: 'a sector', length: 512, from: 0, step: 512 },
  { what: 'a page of the disk', length: 4096, from: 0, step: 4096 },
]

test.each(PAGES.flatMap((pageBytes) => CHANGED.map((damage) => ({ pageBytes, ...damage }))))(
  'LOG-1 a log in pages of $pageBytes of which $what changed is told of wherever SQLite reads less of it, also in its last transaction',
  ({ pageBytes, length, from, step }) => {
    const log = logOf({ pageBytes, earlier: false, commits: 3, padded: false })
    const { after } = log
    const frame = FRAME_HEADER + pageBytes
    const frames = (after.length - HEADER) / frame
    // The last frame may be half of a write that was cut: it and the header of the one before have to be whole to tell.
    const end = HEADER + (frames - 2) * frame
    const missed: string[] = []
    for (let at = from; at + length <= end; at += step ?? frame) {
      for (const byte of [0, 7]) {
        const changed = new Uint8Array(after)
        changed.fill(byte, at, at + length)
        const { read, why } = findLike(log, changed)
        if (read < frames && why === null) missed.push(`${byte} at ${at}`)
      }
    }
    expect(missed).toEqual([])
  },
)

test('LOG-1 a log whose header alone changed, to what a kill might have left, is told of', () => {
  const log = logOf({ pageBytes: 8192, earlier: false, commits: 3, padded: false })
  const changed = new Uint8Array(log.after)
  const salt = new DataView(changed.buffer)
  salt.setUint32(16, salt.getUint32(16) + 1)
  expect(findLike(log, changed)).toEqual({ read: 0, why: 'a part of its write-ahead log has changed' })
})
