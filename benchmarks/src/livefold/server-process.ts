import { type RunningServer, startServer } from '@livefold/server'
import { answerAsks } from '../processes/answer-asks.ts'

let running: RunningServer | null = null

/** Of this process so far. */
export interface Usage {
  readonly cpuMs: number
  readonly rssBytes: number
}

answerAsks({
  /** The server as it is shipped: one file, `synchronous=FULL`. Gives its URL. */
  async start(data: string): Promise<string> {
    running = await startServer({ port: 0, data })
    return running.url
  },
  usage(): Usage {
    const { user, system } = process.cpuUsage()
    return { cpuMs: (user + system) / 1_000, rssBytes: process.memoryUsage.rss() }
  },
  close: () => running?.close(),
})
