export type { FetchLike, FetchRequest, FetchResponse, HttpSyncOptions } from './http-sync.ts'
export { httpSync } from './http-sync.ts'
export type { WebSocketClass, WebSocketLike, WebSocketSyncOptions } from './web-socket-sync.ts'
export { webSocketSync } from './web-socket-sync.ts'
