import { resolve } from 'node:path'
import { startServer } from '@livefold/server'
import { build, createServer, preview } from 'vite'
import { readCommandLine } from '../scripts/command-line.ts'

/** After this a close is given up, ms: what was acked is on disk, and the ports must come free. */
const CLOSE_MS = 2_000

const { values } = readCommandLine({
  command: 'npm start',
  about: "The playground's pages and a sync server, until Ctrl-C.",
  options: { built: { kind: 'switch', text: 'the production build instead of the sources' } },
  environment: {
    PLAYGROUND_PORT: 'of the pages (4321)',
    SYNC_PORT: 'of the sync server (4322)',
    SYNC_DATA: "the server's data; `:memory:` keeps none (.livefold/server)",
  },
})

const configFile = `${import.meta.dirname}/vite.config.ts`

interface Running {
  close(): Promise<void>
}

/** The port that the variable names. */
function portOf(name: 'PLAYGROUND_PORT' | 'SYNC_PORT', otherwise: number): number {
  const port = Number(process.env[name] || otherwise)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new Error(`${name} "${process.env[name]}" is no port (1 to 65535)`)
}

async function servePages(): Promise<Running> {
  if (!values.built) return (await createServer({ configFile, logLevel: 'warn' })).listen()
  await build({ configFile, logLevel: 'warn' })
  return preview({ configFile, logLevel: 'warn' })
}

/** Aborts at the first SIGINT or SIGTERM; whatever then hangs is cut off. */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // Ctrl-C comes twice, from the terminal and from npm: an orderly close takes no notice of the second.
      if (stop.signal.aborted) return
      stop.abort()
      setTimeout(() => process.exit(0), CLOSE_MS).unref()
    })
  }
  return stop.signal
}

/** Starts one of the two; a port in use is said by the name of its variable. */
async function started<R>(what: Promise<R>, variable: string, port: number): Promise<R> {
  return what.catch((error: Error) => {
    const taken = /(EADDRINUSE|in use)/.test(error.message)
    throw taken ? new Error(`port ${port} is in use; set ${variable} to another one`) : error
  })
}

const signal = stopSignal()
const running: Running[] = []
try {
  const port = portOf('PLAYGROUND_PORT', 4321)
  const syncPort = portOf('SYNC_PORT', 4322)
  const { SYNC_DATA } = process.env
  const data = SYNC_DATA === ':memory:' ? SYNC_DATA : resolve(SYNC_DATA || '.livefold/server')
  const server = await started(startServer({ port: syncPort, data }), 'SYNC_PORT', syncPort)
  running.push(server)
  console.log(`sync server at ${server.url} (data: ${data})`)
  const listeners = process.listeners('SIGTERM')
  running.push(await started(servePages(), 'PLAYGROUND_PORT', port))
  // Vite's own would end the process before the sync server is closed.
  for (const each of process.listeners('SIGTERM')) if (!listeners.includes(each)) process.off('SIGTERM', each)
  console.log(`playground at  http://127.0.0.1:${port}/`)
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
} catch (error) {
  console.error(`the playground did not start: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
await Promise.all(running.map((each) => each.close()))
process.exit()
