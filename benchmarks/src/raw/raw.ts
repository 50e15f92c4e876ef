import type { Contestant } from '../suite/contestant.ts'
import { openRawClient, openRawRebase } from './raw-client.ts'
import { openRawDiskRebase, openRawJournal, storeRaw } from './raw-disk.ts'
import { openRawWriters } from './raw-writers.ts'

/** SQLite written by hand, with nothing between the app and it: the limit. */
export const raw: Contestant = {
  name: 'raw',
  openReader: openRawClient,
  openClient: openRawClient,
  openRebase: openRawRebase,
  openJournal: openRawJournal,
  openDiskRebase: openRawDiskRebase,
  store: storeRaw,
  openWriters: openRawWriters,
}
