import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  checkAll,
  type Doubt,
  type FileKeeper,
  isFilled,
  type Replacement,
  repairFile,
  type SqliteDriver,
  StoreError,
} from '@livefold/core/adapter'
import { markPath, matchesMark, removeMark } from './clean-mark.ts'
import { CUT_NOTE, noteCut, notedCut } from './cut-note.ts'
import { fileError } from './file-error.ts'
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

  /** @throws StoreError where a new file that was made for this one cannot be put in its place now */
  constructor(database: string, open: (path: string) => SqliteDriver) {
    this.database = database
    this.#open = open
    this.#resume()
    this.empty = sizeOf(database) === 0
    this.doubt = this.empty ? doubtOfEmpty(database) : doubtOf(database)
  }

  replace(): Replacement {
    const { database } = this
    const kept = `${database}.damaged-${(keptNumbers(database).at(-1) ?? 0) + 1}`
    const fresh = freshPath(database)
    const abandon = () => {
      for (const path of [fresh, keepingPath(database), kept]) removeDatabase(path)
    }
    try {
      keep(database, kept)
      removeDatabase(fresh)
      const driver = this.#open(fresh)
      return {
        driver,
        kept,
        finish: () => {
          driver.close()
          this.#putInPlace()
          return { driver: this.#open(database), dropped: dropOldest(database) }
        },
        abandon: () => {
          driver.close()
          abandon()
        },
      }
    } catch (thrown) {
      abandon()
      throw fileError(thrown, kept)
    }
  }

  /** A process was ended while it replaced the file: a new file that is whole takes its place, another one goes. */
  #resume(): void {
    const fresh = freshPath(this.database)
    if (!existsSync(fresh)) return
    if (isFilled(() => this.#open(fresh))) this.#putInPlace()
    else removeDatabase(fresh)
  }

  /** A kill at any point of this is safe: while there is a new file that is whole, the next process begins here again. */
  #putInPlace(): void {
    const { database } = this
    const fresh = freshPath(database)
    if (sizeOf(`${fresh}-wal`) > 0) {
      throw new StoreError('storage/locked', `${fresh} is in use elsewhere; close what has it open.`, {
        details: { path: fresh },
        retry: 'backoff',
      })
    }
    try {
      removeMark(database)
      // Not a frame of the old file's log may be applied to the new one.
      removeBeside(database)
      removeBeside(fresh)
      renameSync(fresh, database)
    } catch (thrown) {
      throw fileError(thrown, database)
    }
  }
}

const freshPath = (database: string) => `${database}.fresh`
/** Half of a copy is not to be taken for a kept file. */
const keepingPath = (database: string) => `${database}.keeping`

/** Copies: until the new file is whole, the damaged one stays where it is. */
function keep(database: string, kept: string): void {
  const keeping = keepingPath(database)
  for (const path of [keeping, kept]) removeDatabase(path)
  const parts = ['-wal', ''].filter((suffix) => sizeOf(database + suffix) > 0)
  for (const suffix of parts) copyFileSync(database + suffix, keeping + suffix)
  for (const suffix of parts) renameSync(keeping + suffix, kept + suffix)
}

/** @returns what was deleted */
function dropOldest(database: string): string[] {
  const dropped = keptNumbers(database)
    .slice(0, -KEPT)
    .map((n) => `${database}.damaged-${n}`)
  for (const path of dropped) removeDatabase(path)
  return dropped
}

/** All files of a database: SQLite keeps some beside it. */
export function removeDatabase(path: string): void {
  rmSync(path, { force: true })
  removeBeside(path)
}

function removeBeside(path: string): void {
  for (const suffix of ['-wal', '-shm', '-journal', CUT_NOTE]) rmSync(path + suffix, { force: true })
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
  const noted = notedCut(database)
  if (noted !== null) return { kind: 'cut', why: noted }
  const missing = missingFrames(database)
  if (missing !== null) {
    const why = `${missing} committed pages of its write-ahead log cannot be read`
    noteCut(database, why)
    return { kind: 'cut', why }
  }
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
