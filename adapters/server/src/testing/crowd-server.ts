import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../start-server.ts'

/** Child process: a server whose memory can be asked for. Its log is on disk: what is asked is what the readers cost. */
const data = mkdtempSync(join(tmpdir(), 'livefold-crowd-'))
const running = await startServer({ port: 0, data, limits: { stallMs: 600_000 } })
process.on('message', () => {
  globalThis.gc?.()
  process.send?.({ rss: process.memoryUsage.rss(), connections: running.server.stats().connections })
})
process.on('disconnect', async () => {
  await running.close()
  rmSync(data, { recursive: true, force: true })
})
process.send?.(running.url)
