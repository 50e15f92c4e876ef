import { runLeaderWorker, webSocketSync } from '@livefold/web'
import { schema } from './schema.ts'
import { switchedSync } from './switched-sync.ts'
import { syncUrl } from './sync-url.ts'

runLeaderWorker({ schema, sync: switchedSync(webSocketSync({ url: syncUrl() })) })
