import { startServer } from '../start-server.ts'

/** Child process: a server whose memory can be asked for. */
const running = await startServer({ port: 0, data: ':memory:', limits: { stallMs: 600_000 } })
process.on('message', () => {
  globalThis.gc?.()
  process.send?.({ rss: process.memoryUsage.rss(), connections: running.server.stats().connections })
})
process.on('disconnect', () => running.close())
process.send?.(running.url)
