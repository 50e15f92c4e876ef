import { runLeaderWorker, webSocketSync } from '@livefold/web'
// biome-ignore lint/style/noRestrictedImports: where the playground's server is
import { syncUrl } from '../../vanilla/src/sync-url.ts'
import { schema } from './new-schema.ts'

runLeaderWorker({ schema, sync: webSocketSync({ url: syncUrl }) })
