import { DispatchIndex } from '../dispatch-index.ts'
import { maintainedOf } from '../maintained-of.ts'
import type { QueryParts } from '../query-node.ts'

export const queryParts: QueryParts = { DispatchIndex, maintainedOf }
