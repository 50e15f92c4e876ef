import { workerData } from 'node:worker_threads'
import { runLeaderWorker } from '@livefold/node'
import { schema } from './schema.ts'
import { type ServerAddress, syncTo } from './server-address.ts'

runLeaderWorker({ schema, sync: syncTo(workerData as ServerAddress) })
