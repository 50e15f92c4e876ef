export { argsTexts } from './protocol/event-text.ts'
export type {
  AuthenticateContext,
  ConnectContext,
  HookName,
  Identity,
  ServerHooks,
  StoreAccess,
} from './server/authorize.ts'
export type { ServerConnection, ServerLine } from './server/connection.ts'
export type { HttpHandler, HttpRequest } from './server/http-handler.ts'
export type { CancelSignal } from './server/http-line.ts'
export type { AllLimits, ServerLimits } from './server/limits.ts'
export { defaultServerLimits } from './server/limits.ts'
export type { AppendResult, LogHead, LogStore } from './server/log-store.ts'
export { memoryLogStore } from './server/memory-log-store.ts'
export { memoryTransport } from './server/memory-transport.ts'
export type { ServerStats, SyncServer, SyncServerOptions } from './server/sync-server.ts'
export { createSyncServer } from './server/sync-server.ts'
