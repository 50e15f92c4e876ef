import { limitYoungGeneration, type RunningServer, startServer } from '@livefold/server'
import { answerAsks } from '../processes/answer-asks.ts'

/** How often the process's size is looked at, ms. */
const LOOK_EVERY = 100

let running: RunningServer | null = null
const sizes: number[] = []

/** Of this process so far. */
export interface Usage {
  readonly cpuMs: number
  /** Resident set, at equal distances since the start. */
  readonly rssBytes: readonly number[]
}

answerAsks({
  /** The server as `livefold-server` starts it: one file, `synchronous=FULL`. Gives its URL. */
  async start(data: string): Promise<string> {
    limitYoungGeneration()
    setInterval(() => sizes.push(process.memoryUsage.rss()), LOOK_EVERY)
    running = await startServer({ port: 0, data })
    return running.url
  },
  usage(): Usage {
    const { user, system } = process.cpuUsage()
    return { cpuMs: (user + system) / 1_000, rssBytes: [...sizes, process.memoryUsage.rss()] }
  },
  close: () => running?.close(),
})
