import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  checkAll,
  type Doubt,
  type FileKeeper,
  type Replacement,
  repairFile,
  type SqliteDriver,
} from '@livefold/core/adapter'
import { markPath, matchesMark, removeMark } from './clean-mark.ts'
import { missingFrames } from './wal-check.ts'

/** Damaged files that are kept per store. */
const KEPT = 3

/** Keeps damaged files of one store beside it, under `<file>.damaged-<n>`. Made before the file is opened. */
export class NodeFileKeeper implements FileKeeper {
  readonly database: string
  readonly doubt: Doubt | null
  readonly check = checkAll
  readonly repair = repairFile
  /** Nothing is in it, or it is not there. */
  readonly empty: boolean
  readonly #open: (path: string) => SqliteDriver

  constructor(database: string, open: (path: string) => SqliteDriver) {
    this.database = database
    this.#open = open
    this.empty = sizeOf(database) === 0
    this.doubt = this.empty ? doubtOfEmpty(database) : doubtOf(database)
  }

  replace(): Replacement {
    const { database } = this
    const kept = `${database}.damaged-${(keptNumbers(database).at(-1) ?? 0) + 1}`
    // Copies: until the new file is whole, the damaged one stays where it is.
    for (const suffix of ['', '-wal']) {
      if (sizeOf(database + suffix) > 0) copyFileSync(database + suffix, kept + suffix)
    }
    const [oldest, ...others] = keptNumbers(database).map((n) => `${database}.damaged-${n}`)
    const dropped = others.length >= KEPT ? (oldest ?? null) : null
    if (dropped !== null) removeDatabase(dropped)
    const fresh = `${database}.fresh`
    removeDatabase(fresh)
    const driver = this.#open(fresh)
    return {
      driver,
      kept,
      dropped,
      finish: () => {
        driver.close()
        removeMark(database)
        removeDatabase(database)
        renameSync(fresh, database)
        return this.#open(database)
      },
    }
  }
}

/** All files of a database: SQLite keeps some beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
}

/** Numbers of the damaged files that are kept, ascending. */
export function keptNumbers(database: string): number[] {
  const prefix = `${basename(database)}.damaged-`
  return readdirSync(dirname(join(database)))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b)
}

function doubtOf(database: string): Doubt | null {
  const matches = matchesMark(database)
  if (matches === true) return null
  if (matches === false) return { kind: 'damaged', why: 'it has changed since it was closed' }
  const missing = missingFrames(database)
  if (missing !== null) return { kind: 'cut', why: `${missing} committed pages of its write-ahead log cannot be read` }
  return { kind: 'unclean', why: 'it was not closed' }
}

/** A file that was deleted by hand is a new store; one that was cut to nothing is not. */
function doubtOfEmpty(database: string): Doubt | null {
  const there = existsSync(database) && existsSync(markPath(database))
  return there || sizeOf(`${database}-wal`) > 0 ? { kind: 'cut', why: 'it is empty' } : null
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
