import type { Contestant } from '../suite/contestant.ts'
import { openRawDiskRebase, openRawJournal, storeRaw } from './raw-disk.ts'
import { rawMemory } from './raw-memory.ts'
import { openRawWriters } from './raw-writers.ts'

/** The limit in memory, and on disk with `node:sqlite` by hand. */
export const raw: Contestant = {
  ...rawMemory,
  openJournal: openRawJournal,
  openDiskRebase: openRawDiskRebase,
  store: storeRaw,
  openWriters: openRawWriters,
}
