import { DispatchIndex } from '../dispatch-index.ts'
import { maintainedOf } from '../maintained-of.ts'
import { netChanges } from '../net-changes.ts'
import { QueryCache } from '../query-cache.ts'
import type { QueryParts } from '../query-node.ts'

export const queryParts: QueryParts = { DispatchIndex, QueryCache, maintainedOf, netChanges }
