import type { Contestant } from '../suite/contestant.ts'
import { openRawClient, openRawRebase } from './raw-client.ts'

/** SQLite in WebAssembly written by hand, with nothing between the app and it: the limit, in Node and in a page. */
export const rawMemory: Contestant = {
  name: 'raw',
  openReader: openRawClient,
  openClient: openRawClient,
  openRebase: openRawRebase,
}
