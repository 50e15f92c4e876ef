import { messageOf, StoreError } from '../base/errors.ts'
import type { WasmParts } from '../sqlite/wasm-rows.ts'
import type { rebuildState } from './rebuild.ts'
import type { replayDiffers } from './replay-check.ts'
import type { Upstream } from './upstream.ts'

/** What a leader needs only once sessions are served, or seldom. Entry `@livefold/core/leader-parts`. */
export interface LeaderParts extends WasmParts {
  readonly Upstream: typeof Upstream
  readonly rebuildState: typeof rebuildState
  readonly replayDiffers: typeof replayDiffers
}

/** The parts, or how a platform whose users download its code gets them. Asked again after it was rejected. */
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
