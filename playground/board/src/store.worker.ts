import { runLeaderWorker, webSocketSync } from '@livefold/web'
import { schema } from './schema.ts'

declare const SYNC_PORT: string

runLeaderWorker({ schema, sync: webSocketSync({ url: `http://${location.hostname}:${SYNC_PORT}/sync` }) })
