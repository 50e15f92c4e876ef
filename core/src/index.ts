export { type Retry, StoreError, type StoreErrorCode, type StoreErrorData } from './base/errors.ts'
export type { Json } from './base/json.ts'
export type { Commit, ConfirmedEvent, EventId, EventRecord } from './protocol/event-record.ts'
export type { Connection, Phase, QuarantinedCommit, TokenReason, Wait } from './protocol/leader-messages.ts'
export { computed } from './query/computed-query.ts'
export type { QueryInspection } from './query/inspection.ts'
export type { ListDelta } from './query/list-delta.ts'
export type { Nothing, Observed, QueryObserver, RowIn } from './query/observer.ts'
export {
  bigint,
  blob,
  boolean,
  type ColumnBuilder,
  integer,
  json,
  real,
  text,
  timestamp,
} from './schema/column.ts'
export type { ColumnKind } from './schema/column-type.ts'
export { type EventDefinition, type EventOf, event, localEvent, type NewEvent } from './schema/event.ts'
export type { MaterializedEvent, MaterializerContext } from './schema/materializer.ts'
export { type AnySchema, defineEvents, defineSchema, type Schema } from './schema/schema.ts'
export type { StandardSchema } from './schema/standard-schema.ts'
export {
  type FilterableWrite,
  type InsertOf,
  localTable,
  type RowOf,
  type TableDefinition,
  type TableOptionsOf,
  table,
} from './schema/table.ts'
export type { Column, Table } from './schema/table-structure.ts'
export type { Receipt } from './session/receipt.ts'
export type { Condition } from './sql/condition.ts'
export { type ComputedDefinition, type Get, type QueryDefinition, queryDb } from './sql/definition.ts'
export { type Groups, groupBy } from './sql/group-by.ts'
export { innerJoin, leftJoin } from './sql/join.ts'
export type { Query, ResultOf } from './sql/query.ts'
export type { Columns } from './sql/rows.ts'
export type { Direction, Select } from './sql/select.ts'
export { type SqlFragment, type SqlInput, sql } from './sql/tagged.ts'
export type { ConditionBuilder, Operator } from './sql/where.ts'
export type { MaterializerResult, Write, WriteSource } from './sql/write.ts'
export type { Adapter } from './store/adapter.ts'
export { type CreateStoreOptions, createStore, deleteStore } from './store/create-store.ts'
export { type Dehydrated, dehydrate } from './store/dehydrate.ts'
export { digestOf } from './store/digest-of.ts'
export { inspect } from './store/inspect.ts'
export { observe } from './store/observe.ts'
export { type OpeningState, openingOf, type StoreOpening } from './store/opening.ts'
export type { StoreStatus } from './store/status.ts'
export type { Auth, Store, StoreEventMap, StoreOf } from './store/store.ts'
export { providedContext, type StoreContext, type StoreInput, storeContext } from './store/store-context.ts'
export { openingView, type StatusValues, type StoreView, statusView } from './store/store-view.ts'
