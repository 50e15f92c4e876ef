// What of a leader an adapter may load later than the rest (`LeaderOptions.parts`).

export { lastWord } from './leader/last-word.ts'
export { Leader } from './leader/leader.ts'
export { rebuildState } from './leader/rebuild.ts'
export { rowReader } from './sqlite/wasm-parts.ts'
