import { runLeaderWorker } from '@livefold/web'
import { schema } from './old-schema.ts'

runLeaderWorker({ schema })
