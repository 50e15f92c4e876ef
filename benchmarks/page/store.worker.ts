import { runLeaderWorker } from '@livefold/web'
import { schemaOf } from '../src/work/schema.ts'

runLeaderWorker({ schema: schemaOf(Number(self.name)) })
