import { type SpawnOptions, spawn } from 'node:child_process'

/** Runs a command to its end; throws with everything it printed when it fails. Resolves with what it printed. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<string> {
  const { code, output } = await tryCommand(command, args, options)
  if (code === 0) return output
  throw new Error(`\`${command} ${args.join(' ')}\` ended with ${code}:\n${output}`)
}

/** As `runCommand`, for commands that are meant to fail. */
export function tryCommand(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
