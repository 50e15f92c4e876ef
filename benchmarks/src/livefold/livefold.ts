import type { Contestant } from '../suite/contestant.ts'
import { openLivefoldDiskRebase, openLivefoldJournal } from './leader-disk.ts'
import { openLivefoldWriters } from './server-writers.ts'
import { openLivefoldClient, openSessionClient, openSessionRebase } from './store-client.ts'
import { storeLivefold } from './stored-log.ts'

/** As an app uses it, whole. */
export const livefold: Contestant = {
  name: 'livefold',
  openReader: openLivefoldClient,
  openClient: openLivefoldClient,
  openRebase: openSessionRebase,
  openJournal: openLivefoldJournal,
  openDiskRebase: openLivefoldDiskRebase,
  store: storeLivefold,
  openWriters: openLivefoldWriters,
}

/** Its session without a leader: the UI thread's share of a commit. */
export const session: Contestant = { name: 'session', openClient: openSessionClient }
