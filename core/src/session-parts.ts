// The parts of a session that an adapter may load later than the rest (`AdapterConnection.parts`).

export { DispatchIndex } from './query/dispatch-index.ts'
export { maintainedOf } from './query/maintained-of.ts'
export { netChanges } from './query/net-changes.ts'
export { QueryCache } from './query/query-cache.ts'
export { share } from './query/structural-sharing.ts'
export { ChangeCollector } from './replica/change-collector.ts'
export { Following } from './session/following.ts'
export { changeFeed, rowReader } from './sqlite/wasm-parts.ts'
