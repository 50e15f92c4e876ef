// The parts of a session that an adapter may load later than the rest (`AdapterConnection.parts`).

export { maintainedOf } from './query/maintained-of.ts'
export { commutingSkip } from './replica/commuting-skip.ts'
export { rowReader } from './sqlite/wasm-parts.ts'
