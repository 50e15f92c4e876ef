import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '@livefold/core/adapter'
import { checkLog } from './log-check.ts'
import { deleteStores, listStores } from './log-stores.ts'
import { LOG_NAME, type RunningServer, startServer } from './start-server.ts'
import { limitYoungGeneration } from './young-generation.ts'

const HELP = `livefold-server: one total order of events for every store, kept in one SQLite file

  livefold-server [--port 4322] [--data ./data] [--host 127.0.0.1] [--origin https://app.example.com]...
  livefold-server --check [--data ./data]
  livefold-server --list [--data ./data]
  livefold-server --delete <store id>... [--data ./data]

  --port     TCP port; 0 takes a free one (default 4322)
  --data     directory for the event log, made when missing; ":memory:" keeps nothing (default ./data)
  --host     address to listen on; 0.0.0.0 for all networks (default 127.0.0.1)
  --origin   web page origin that may connect, more than once; "*" for all
             (default: pages of this machine, and of the server's own IP address)
  --check    read the whole log, say what is damaged, and end: 0 when nothing is; beside a running server too
  --list     print the stores and how many events each has, and end; beside a running server too
  --delete   remove a store for good, and end; more than once for several. The server has to be stopped
  --help, --version

This command lets everyone in who reaches the port. To authenticate, call startServer() of @livefold/server.`

/** Wrong use of the command line, as opposed to a failure to run. */
const USAGE = 2
const FAILURE = 1

interface Flags {
  readonly port: number
  readonly host: string
  readonly data: string
  readonly check: boolean
  readonly list: boolean
  /** Ids of stores to delete. */
  readonly delete: readonly string[]
  readonly origins?: readonly string[] | '*'
}

class UsageError extends Error {}

/** The command `livefold-server`, by the arguments of the process. */
export function serve(): Promise<void> {
  return main().catch(fail)
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2))
  if (typeof flags === 'string') {
    console.log(flags)
    return
  }
  const file = join(flags.data, LOG_NAME)
  if (flags.check) return check(file)
  if (flags.list) return list(file)
  if (flags.delete.length > 0) return remove(file, flags.delete)
  limitYoungGeneration()
  const running = await startServer({ ...flags, onError: (error) => tell(messageOf(error)) })
  stopOnSignals(running)
  console.log(`livefold-server listening on ${running.url} (data: ${flags.data})`)
}

function check(file: string): void {
  const { stores, events, problems } = checkLog(file)
  for (const problem of problems) tell(problem)
  if (problems.length > 0) process.exitCode = FAILURE
  else console.log(`${file}: ${stores} stores, ${events} events, all as they were written`)
}

/** A line each, for other programs: an id has no tab. */
function list(file: string): void {
  for (const { storeId, events } of listStores(file)) console.log(`${events}\t${storeId}`)
}

async function remove(file: string, storeIds: readonly string[]): Promise<void> {
  await deleteStores(file, storeIds)
  console.log(`${file}: deleted ${storeIds.join(', ')}`)
}

function readFlags(args: string[]): Flags | string {
  const { values } = parse(args)
  if (values.help) return HELP
  if (values.version) return version()
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new UsageError(`--port ${values.port} is not a port; give a number from 0 to 65535`)
  }
  const tasks = (['check', 'list', 'delete'] as const).filter((task) => values[task] !== undefined)
  if (tasks.length > 1) throw new UsageError(`${tasks.map((task) => `--${task}`).join(' and ')} are one task each`)
  const origins = values.origin?.includes('*') ? '*' : values.origin
  const { host, data, check = false, list = false } = values
  return { port, host, data, check, list, delete: values.delete ?? [], ...(origins ? { origins } : {}) }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string', default: '4322' },
        host: { type: 'string', default: '127.0.0.1' },
        data: { type: 'string', default: './data' },
        origin: { type: 'string', multiple: true },
        check: { type: 'boolean' },
        list: { type: 'boolean' },
        delete: { type: 'string', multiple: true },
        help: { type: 'boolean' },
        version: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}

function stopOnSignals(running: RunningServer): void {
  const stop = () => {
    // A second signal finds no listener and ends the process at once.
    process.off('SIGINT', stop).off('SIGTERM', stop)
    running.close().catch(fail)
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
}

function fail(error: unknown): void {
  const hint = error instanceof UsageError ? ' (see --help)' : ''
  tell(messageOf(error) + hint)
  process.exitCode = error instanceof UsageError ? USAGE : FAILURE
}

/** In one line. */
function tell(message: string): void {
  console.error(`livefold-server: ${message.replaceAll('\n', ' ')}`)
}
