import { parseArgs } from 'node:util'
import type { ServerAddress, TransportName } from './server-address.ts'

interface ClientArguments {
  readonly store: string
  readonly data: string
  readonly server: ServerAddress
  readonly worker: boolean
}

export type Arguments =
  | (ClientArguments & {
      readonly command: 'import'
      readonly directory: string
      readonly ref: string
      /** Infinity without `--limit`. */
      readonly limit: number
      readonly only: 'odd' | 'even' | null
    })
  | (ClientArguments & { readonly command: 'follow'; readonly until: number | 'head' | null })
  | (ClientArguments & {
      readonly command: 'verify'
      readonly directory: string
      readonly ref: string
      readonly log: boolean
    })
  | { readonly command: 'fixture'; readonly directory: string }
  | { readonly command: 'live' }
  | { readonly command: 'help' }

/** The command line makes no sense; the message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const usage = `history: a git repository's history as events, folded on every client

  history import <git-dir> --store S --server URL --data DIR [--ref R] [--limit N] [--only odd|even]
  history follow           --store S --server URL --data DIR [--until N|head]
  history verify <git-dir> --store S --server URL --data DIR [--ref R] [--log]
  history live             (server, two importers and their view; env: SYNC_PORT, SYNC_DATA, HISTORY_REPOSITORY)
  history fixture <new-dir>

  --store S         name of the store; everyone who names it shares it
  --server URL      sync server, such as http://127.0.0.1:4322
  --data DIR        this client's database; one process at a time
  --ref R           branch, tag or commit whose first-parent line is meant (default HEAD)
  --limit N         import no further than the Nth commit
  --only odd|even   import every other commit; another importer takes the rest
  --until N|head    end after N git commits, or when in step with the server
  --log             read the whole eventlog too: every event exactly once
  --transport ws|http   (default ws)
  --worker          run the leader in a thread of its own

exit code: 0 done, 1 failed or different from git, 2 wrong usage, 130/143 stopped by a signal
`

const clientOptions = {
  store: { type: 'string' },
  server: { type: 'string' },
  data: { type: 'string' },
  transport: { type: 'string' },
  worker: { type: 'boolean' },
} as const

/** What the command line asks for. Throws `UsageError`. */
export function parseArguments(args: readonly string[]): Arguments {
  const [command, ...rest] = args
  switch (command) {
    case 'import': {
      const options = { ref: { type: 'string' }, limit: { type: 'string' }, only: { type: 'string' } } as const
      const { values, positionals } = parsed(rest, { ...clientOptions, ...options })
      return {
        command,
        ...client(values),
        directory: only(positionals, 'git-dir'),
        ref: values.ref ?? 'HEAD',
        limit: values.limit === undefined ? Number.POSITIVE_INFINITY : positive(values.limit, '--limit'),
        only: values.only === undefined ? null : oneOf(values.only, ['odd', 'even'] as const, '--only'),
      }
    }
    case 'follow': {
      const { values, positionals } = parsed(rest, { ...clientOptions, until: { type: 'string' } } as const)
      if (positionals.length > 0) throw new UsageError(`"${positionals[0]}" is one argument too many`)
      const { until } = values
      const target = until === undefined ? null : until === 'head' ? until : positive(until, '--until')
      return { command, ...client(values), until: target }
    }
    case 'verify': {
      const options = { ref: { type: 'string' }, log: { type: 'boolean' } } as const
      const { values, positionals } = parsed(rest, { ...clientOptions, ...options })
      const directory = only(positionals, 'git-dir')
      return { command, ...client(values), directory, ref: values.ref ?? 'HEAD', log: values.log ?? false }
    }
    case 'fixture':
      return { command, directory: only(parsed(rest, {}).positionals, 'new-dir') }
    case 'live':
      if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one argument too many`)
      return { command }
    case undefined:
      throw new UsageError('a command is missing')
    case 'help':
    case '--help':
    case '-h':
      return { command: 'help' }
    default:
      throw new UsageError(`"${command}" is no command`)
  }
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>

function parsed<O extends Options>(args: string[], options: O) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

interface ClientValues {
  store?: string
  server?: string
  data?: string
  transport?: string
  worker?: boolean
}

function client(values: ClientValues): ClientArguments {
  const url = required(values.server, '--server')
  const transport: TransportName = oneOf(values.transport ?? 'ws', ['ws', 'http'] as const, '--transport')
  return {
    store: required(values.store, '--store'),
    data: required(values.data, '--data'),
    server: { url: serverUrl(url), transport },
    worker: values.worker ?? false,
  }
}

/** A bare `http://host:port` means the path where `livefold-server` syncs. */
function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^(?:https?|wss?):$/.test(url.protocol)) {
    throw new UsageError(`--server "${text}" is no http:, https:, ws: or wss: address`)
  }
  if (url.pathname === '/') url.pathname = '/sync'
  return url.href
}

function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new UsageError(`${name} is missing`)
  return value
}

function only(positionals: readonly string[], name: string): string {
  if (positionals.length > 1) throw new UsageError(`"${positionals[1]}" is one argument too many`)
  return required(positionals[0], `<${name}>`)
}

function positive(text: string, name: string): number {
  const value = Number(text)
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value) || value === 0) {
    throw new UsageError(`${name} "${text}" is no number from 1`)
  }
  return value
}

function oneOf<T extends string>(value: string, allowed: readonly T[], name: string): T {
  const found = allowed.find((choice) => choice === value)
  if (found === undefined) throw new UsageError(`${name} "${value}" is none of ${allowed.join(', ')}`)
  return found
}
