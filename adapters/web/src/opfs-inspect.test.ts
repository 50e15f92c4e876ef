import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { doubtOfWal } from './opfs-inspect.ts'

const HEADER = 32
const FRAME_HEADER = 24
const FRAME = FRAME_HEADER + 4096

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

/** A log as it stood before and after a transaction of many pages; an earlier round, longer than this one, lies behind. */
function logOf(options: { readonly earlier: boolean; readonly commits: number }): Log {
  const path = join(directory, 'store')
  const database = new DatabaseSync(path)
  try {
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (n INTEGER PRIMARY KEY, v BLOB)',
    )
    if (options.earlier) {
      database.exec(
        'INSERT INTO t (v) SELECT zeroblob(3000) FROM json_each(json_array(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))',
      )
      database.exec('PRAGMA wal_checkpoint')
    }
    for (let i = 0; i < options.commits; i++) database.exec('INSERT INTO t (v) VALUES (zeroblob(100))')
    const before = readFileSync(`${path}-wal`)
    database.exec('INSERT INTO t (v) SELECT randomblob(3000) FROM json_each(json_array(1, 2, 3, 4, 5))')
    return { database: readFileSync(path), before, after: readFileSync(`${path}-wal`) }
  } finally {
    database.close()
  }
}

/** What is told of a file that is found like this. */
function doubtOf(database: Uint8Array, wal: Uint8Array): string | null {
  const path = join(directory, 'found')
  writeFileSync(path, database)
  writeFileSync(`${path}-wal`, wal)
  rmSync(`${path}-shm`, { force: true })
  const found = new DatabaseSync(path)
  try {
    const { log } = found.prepare('PRAGMA wal_checkpoint(NOOP)').get() as { log: number }
    // The file alone, as in a pool: what is behind the log's end stays.
    return doubtOfWal(new Uint8Array(wal), log)?.why ?? null
  } finally {
    found.close()
  }
}

test.each([
  [true, 3],
  [false, 3],
  [true, 0],
])(
  'DUR-1 no kill in the middle of a transaction is taken for damage, an earlier round behind it: %s, commits before it: %i',
  (earlier, commits) => {
    const { database, before, after } = logOf({ earlier, commits })
    const told = new Set<string | null>()
    // SQLite writes a frame's header, then its page.
    const writes = [0, HEADER]
    for (let at = HEADER; at < after.length; at += FRAME) writes.push(at + FRAME_HEADER, at + FRAME)
    for (const written of writes) {
      for (const cut of [written, written + 8, written + 1_000]) {
        const whole = after.subarray(0, Math.min(cut, after.length))
        told.add(doubtOf(database, Buffer.concat([whole, before.subarray(whole.length)])))
      }
    }
    expect([...told]).toEqual([null])
  },
)

test('LOG-1 a page that changed in the log is told of, also in its last transaction', () => {
  const { database, after } = logOf({ earlier: false, commits: 3 })
  const frames = (after.length - HEADER) / FRAME
  const told = []
  // The last frame may be half of a write that was cut.
  for (let frame = 0; frame < frames - 1; frame++) {
    const changed = new Uint8Array(after)
    changed.fill(7, HEADER + frame * FRAME + 2_000, HEADER + frame * FRAME + 2_008)
    told.push(doubtOf(database, changed))
  }
  expect(new Set(told)).toEqual(new Set(['a part of its write-ahead log has changed']))
})
