import { syncUrl } from '@livefold/playground-todo'
import { runLeaderWorker, webSocketSync } from '@livefold/web'
import { schema } from './old-schema.ts'

runLeaderWorker({ schema, sync: webSocketSync({ url: syncUrl() }) })
