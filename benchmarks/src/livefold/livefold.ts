import type { Contestant } from '../suite/contestant.ts'
import { openLivefoldDiskRebase, openLivefoldJournal } from './leader-disk.ts'
import { livefoldMemory } from './livefold-memory.ts'
import { openLivefoldWriters } from './server-writers.ts'
import { storeLivefold } from './stored-log.ts'

/** As an app uses it, whole. */
export const livefold: Contestant = {
  ...livefoldMemory,
  openJournal: openLivefoldJournal,
  openDiskRebase: openLivefoldDiskRebase,
  store: storeLivefold,
  openWriters: openLivefoldWriters,
}
