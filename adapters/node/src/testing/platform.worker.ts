import { workerData } from 'node:worker_threads'
import { platformSchema } from '@livefold/core/testing'
import { runLeaderWorker } from '../leader-thread.ts'

runLeaderWorker({ schema: platformSchema((workerData as { version: 1 | 2 }).version) })
