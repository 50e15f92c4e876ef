// The parts of a leader that an adapter may load later than the rest (`LeaderOptions.parts`).

export { rebuildState } from './leader/rebuild.ts'
export { replayDiffers } from './leader/replay-check.ts'
export { Upstream } from './leader/upstream.ts'
export { rowReader } from './sqlite/wasm-parts.ts'
