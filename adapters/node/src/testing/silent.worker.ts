import { parentPort } from 'node:worker_threads'

// Takes what it is sent, and never answers.
parentPort?.on('message', () => {})
