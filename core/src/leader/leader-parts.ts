import { messageOf, StoreError } from '../base/errors.ts'
import type { WasmParts } from '../sqlite/wasm-rows.ts'
import type { lastWord } from './last-word.ts'
import type { Leader } from './leader.ts'
import type { rebuildState } from './rebuild.ts'

/** All that is not needed to open a store and to answer a session that is new. Entry `@livefold/core/leader-parts`. */
export interface LeaderParts extends WasmParts {
  readonly Leader: typeof Leader
  readonly lastWord: typeof lastWord
  readonly rebuildState: typeof rebuildState
}

/** The parts, or how a platform whose users download its code gets them. Asked again after it was rejected, and where a file fails to be read. */
export type LeaderPartsSource = LeaderParts | (() => Promise<LeaderParts>)

/** @throws StoreError `leader/lost` when they cannot be loaded */
export async function loadParts(source: LeaderPartsSource): Promise<LeaderParts> {
  if (typeof source === 'object') return source
  try {
    return await source()
  } catch (cause) {
    const message = `A part of the leader's code cannot be loaded (${messageOf(cause)}): go online, or reload the page where the app was deployed anew.`
    throw new StoreError('leader/lost', message, { retry: 'restart', cause })
  }
}
