import { type Arguments, parseArguments, UsageError, usage } from './arguments.ts'
import { runFollow, runImport, runVerify } from './commands.ts'
import { createFixture } from './fixture.ts'
import { runLive } from './live.ts'

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** Runs a command; gives the exit code. */
async function run(args: Arguments, signal: AbortSignal): Promise<number> {
  switch (args.command) {
    case 'import':
      return runImport(args, signal)
    case 'follow':
      return runFollow(args, signal)
    case 'verify':
      return runVerify(args, signal)
    case 'live':
      return runLive(signal)
    case 'fixture':
      await createFixture(args.directory)
      console.log(`fixture written to ${args.directory}`)
      return 0
    case 'help':
      console.log(usage)
      return 0
  }
}

async function main(): Promise<number> {
  const stopped = new AbortController()
  let code: number | null = null
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // The second signal is for those who cannot wait for an orderly close.
      if (code !== null) process.exit(code)
      code = exitCodes[name]
      stopped.abort(new Error(`stopped by ${name}`))
    })
  }
  try {
    const result = await run(parseArguments(process.argv.slice(2)), stopped.signal)
    return code ?? result
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${usage}`)
      return 2
    }
    console.error(describe(error))
    return code ?? 1
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = (error as { code?: unknown }).code
  const text = typeof code === 'string' ? `${code}: ${error.message}` : error.message
  return process.env.DEBUG ? `${text}\n${error.stack}` : text
}

// Not `process.exit`: what is written to a pipe must get there, and a handle left open should show.
process.exitCode = await main()
