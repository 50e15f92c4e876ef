import { runLeaderWorker, webSocketSync } from '@livefold/web'
// biome-ignore lint/style/noRestrictedImports: the app under test
import { schema } from '../../vanilla/src/schema.ts'
// biome-ignore lint/style/noRestrictedImports: where the playground's server is
import { syncUrl } from '../../vanilla/src/sync-url.ts'

runLeaderWorker({ schema, sync: webSocketSync({ url: syncUrl }) })
