// What adapters (platforms and transports) use. Apps import `@livefold/core`.

export type { Clock, MessageTurns, Random } from './base/clock.ts'
export { hostClock, hostRandom, hostTime, messageTurns } from './base/clock.ts'
export { DEVELOPMENT } from './base/development.ts'
export { isErrorCode } from './base/error-codes.ts'
export type { ErrorDetails, Retry, StoreErrorCode, StoreErrorData } from './base/errors.ts'
export { messageOf, StoreError } from './base/errors.ts'
export type { Json } from './base/json.ts'
export { utf8Length } from './base/json-size.ts'
export { watchNetwork } from './base/network-watch.ts'
export { checkAll } from './leader/check-all.ts'
export type { LeaderChannel } from './leader/guest.ts'
export { LeaderHost } from './leader/leader-host.ts'
export type { LeaderOptions } from './leader/leader-options.ts'
export type { LeaderParts, LeaderPartsSource } from './leader/leader-parts.ts'
export { type Doubt, type FileKeeper, isFilled, type Replaced, type Replacement, repairFile } from './leader/repair.ts'
export { type Channel, channelPair } from './protocol/channel.ts'
export { printOf } from './protocol/commit-print.ts'
export type { ConfirmedEvent, EventId, EventRecord } from './protocol/event-record.ts'
export type { Frame, LeaderMessage, LeaderStatus, SessionMessage, Wait } from './protocol/leader-messages.ts'
export { RelayChannel } from './protocol/relay-channel.ts'
export { sameEvent } from './protocol/same-commit.ts'
export type { DownMessage, Limits, UpMessage } from './protocol/sync-messages.ts'
export { defaultLimits, PROTOCOL_VERSION } from './protocol/sync-messages.ts'
export type { AnySchema } from './schema/schema.ts'
export type { SessionChannel } from './session/leader-client.ts'
export { Authorizer } from './sqlite/authorizer.ts'
export { fitsInt64, wrongBind, wrongBindCount } from './sqlite/bind-values.ts'
export { invertChangeset } from './sqlite/changeset.ts'
export { conflictError } from './sqlite/changeset-conflict.ts'
export { assertImage, markWithoutWal } from './sqlite/database-image.ts'
export type {
  Access,
  AccessAction,
  Binds,
  ChangesetRecorder,
  ColumnRead,
  Decode,
  ReplicaDriver,
  Row,
  RowChange,
  RowShape,
  SqliteDriver,
  SqliteStatement,
  SqlValue,
} from './sqlite/driver.ts'
export { openWasmDriver } from './sqlite/open-wasm-driver.ts'
export { closedError, refusedError, type SqliteTask, sqliteError } from './sqlite/result-codes.ts'
export { layoutOf, RowLayout } from './sqlite/row-shape.ts'
export type { Sqlite3Static } from './sqlite/sqlite3.ts'
export { type CachedStatement, StatementCache } from './sqlite/statement-cache.ts'
export { countParameters, isBlankSql, noStatementError, secondStatementError } from './sqlite/statement-text.ts'
export { type WalChecksum, walChecksum } from './sqlite/wal-checksum.ts'
export { openWasmReplica } from './sqlite/wasm-driver.ts'
export type { WasmOptions } from './sqlite/wasm-file-driver.ts'
export { openWasmFile } from './sqlite/wasm-file-driver.ts'
export type { ReplicaParts, WasmParts, WasmPartsSource } from './sqlite/wasm-rows.ts'
export type {
  Adapter,
  AdapterConnection,
  ConnectOptions,
  SessionParts,
  SessionPartsSource,
  SessionView,
  UnackedCommit,
} from './store/adapter.ts'
export type { Line, LineEvents, SyncTransport } from './sync/transport.ts'
