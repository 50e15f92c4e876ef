import { schema, syncUrl } from '@livefold/playground-todo'
import { runLeaderWorker, webSocketSync } from '@livefold/web'

runLeaderWorker({ schema, sync: webSocketSync({ url: syncUrl() }) })
