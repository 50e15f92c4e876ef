import { runLeaderWorker, webSocketSync } from '@livefold/web'
import { schema } from './old-schema.ts'

runLeaderWorker({ schema, sync: webSocketSync({ url: self.name }) })
