import { DispatchIndex } from '../dispatch-index.ts'
import { maintainedOf } from '../maintained-of.ts'
import { netChanges } from '../net-changes.ts'
import { QueryCache } from '../query-cache.ts'
import type { QueryParts } from '../query-node.ts'
import { share } from '../structural-sharing.ts'

export const queryParts: QueryParts = { DispatchIndex, QueryCache, maintainedOf, netChanges, share }
