import { resolve } from 'node:path'
import { type RunningServer, startServer } from '@livefold/server'
import { build, createServer, preview } from 'vite'

/** After this a close is given up, ms: what was acked is on disk, and the ports must come free. */
const CLOSE_MS = 2_000

interface Pages {
  readonly url: string
  close(): Promise<void>
}

const syncPort = Number(process.env.SYNC_PORT || 4322)
const data = resolve(process.env.SYNC_DATA || '.livefold/server')
const configFile = `${import.meta.dirname}/vite.config.ts`

/** `--built` serves the production build instead of the sources. */
async function servePages(): Promise<Pages> {
  if (process.argv.includes('--built')) {
    await build({ configFile, logLevel: 'warn' })
    const server = await preview({ configFile, logLevel: 'warn' })
    return { url: server.resolvedUrls?.local[0] ?? '', close: () => server.close() }
  }
  const server = await createServer({ configFile, logLevel: 'warn' })
  await server.listen()
  return { url: server.resolvedUrls?.local[0] ?? '', close: () => server.close() }
}

/** Aborts at the first SIGINT or SIGTERM; whatever then hangs is cut off. */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(0)
      stop.abort()
      setTimeout(() => process.exit(0), CLOSE_MS).unref()
    })
  }
  return stop.signal
}

const signal = stopSignal()
const running: (RunningServer | Pages)[] = []
try {
  const server = await startServer({ port: syncPort, data })
  running.push(server)
  console.log(`sync server at ${server.url} (data: ${data})`)
  const listeners = process.listeners('SIGTERM')
  const pages = await servePages()
  // Vite's own would end the process before the sync server is closed.
  for (const each of process.listeners('SIGTERM')) if (!listeners.includes(each)) process.off('SIGTERM', each)
  running.push(pages)
  console.log(`playground at  ${pages.url}`)
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
} catch (error) {
  console.error(`the playground did not start: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
await Promise.all(running.map((each) => each.close()))
process.exit()
