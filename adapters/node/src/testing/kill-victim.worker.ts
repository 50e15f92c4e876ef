import { workerData } from 'node:worker_threads'
import { platformSchema } from '@livefold/core/testing'
import { webSocketSync } from '@livefold/sync'
import { runLeaderWorker } from '../leader-thread.ts'

runLeaderWorker({ schema: platformSchema(1), sync: webSocketSync({ url: (workerData as { url: string }).url }) })
