import type { Contestant } from '../suite/contestant.ts'
import { openLivefoldClient, openSessionClient, openSessionRebase } from './store-client.ts'

/** As an app uses it, in one thread, with nothing on disk. */
export const livefoldMemory: Contestant = {
  name: 'livefold',
  openReader: openLivefoldClient,
  openClient: openLivefoldClient,
  openRebase: openSessionRebase,
}

/** Its session without a leader: the UI thread's share of a commit. */
export const session: Contestant = { name: 'session', openClient: openSessionClient }
