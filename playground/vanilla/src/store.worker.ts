import { runLeaderWorker, webSocketSync } from '@livefold/web'
import { schema } from './schema.ts'
import { switchedSync } from './switched-sync.ts'

runLeaderWorker({ schema, sync: switchedSync(webSocketSync({ url: '/sync' })) })
