import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runCommand } from './run-command.ts'
import { root } from './workspace.ts'

/** What the processes that tests kill are made of. */
const ENTRIES = [
  ...['core/src/index.ts', 'core/src/testing.ts'],
  ...['adapters/node/src/index.ts', 'adapters/node/src/leader-thread.ts'],
  ...['adapters/server/src/index.ts', 'adapters/sync/src/index.ts'],
]

/**
 * Global setup of tests that kill processes. Node writes compiled modules to `NODE_COMPILE_CACHE` when it exits, which a
 * killed process does not: without this each of them compiles everything anew, most of its start.
 */
export default async function compileCache(): Promise<void> {
  if (!process.env.NODE_COMPILE_CACHE) return
  const files = ENTRIES.map((entry) => pathToFileURL(join(root, entry)).href)
  const code = `await Promise.all(${JSON.stringify(files)}.map((file) => import(file)))`
  await runCommand(process.execPath, ['--conditions=livefold-source', '--input-type=module', '--eval', code])
}
