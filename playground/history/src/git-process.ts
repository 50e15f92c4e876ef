import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

/** What git could not do, with the first lines of what it said about it. */
export class GitError extends Error {
  override readonly name = 'GitError'
}

/** A running git: bytes out, lines in. Always `stop()` it, also after the end. */
export interface GitProcess {
  /** Its standard output. Throws `GitError` at the end when git failed. */
  readonly output: AsyncIterable<Buffer>
  /** Writes to standard input; waits while git is slower than the writer. */
  write(data: string | Buffer): Promise<void>
  /** Closes standard input. */
  end(): void
  stop(): void
}

// Set inside git hooks and `git rebase --exec`; they would point our git at another repository.
const foreign = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_PREFIX', 'GIT_NAMESPACE']

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' }
  for (const name of foreign) delete env[name]
  return env
}

/** Starts git in `directory` (a work tree, a bare repository or a `.git` folder). */
export function startGit(directory: string, args: readonly string[]): GitProcess {
  const child = spawn('git', ['-C', directory, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env: environment() })
  const ended = outcomeOf(child, directory, args)
  // The outcome is awaited by whoever reads the output; without a reader it must not end our process.
  ended.catch(() => {})
  // A git that is gone answers writes with EPIPE; its exit code tells why, so this error adds nothing.
  child.stdin.on('error', () => {})
  return {
    output: outputOf(child.stdout, ended),
    async write(data) {
      if (child.stdin.destroyed || child.stdin.writableEnded) return
      if (!child.stdin.write(data))
        await Promise.race([once(child.stdin, 'drain').catch(() => {}), once(child, 'close')])
    },
    end: () => child.stdin.end(),
    stop: () => {
      child.stdin.destroy()
      child.stdout.destroy()
      if (child.exitCode === null) child.kill('SIGKILL')
    },
  }
}

/** Output of a git command that says little, as text without the trailing newline. */
export async function askGit(directory: string, args: readonly string[]): Promise<string> {
  const git = startGit(directory, args)
  git.end()
  try {
    const chunks: Buffer[] = []
    for await (const chunk of git.output) chunks.push(chunk)
    return Buffer.concat(chunks).toString('utf8').replace(/\n$/, '')
  } finally {
    git.stop()
  }
}

async function* outputOf(stdout: Readable, ended: Promise<void>): AsyncGenerator<Buffer> {
  yield* stdout as AsyncIterable<Buffer>
  await ended
}

async function outcomeOf(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  directory: string,
  args: readonly string[],
): Promise<void> {
  const what = `git ${args[0]} in "${directory}"`
  let said = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    if (said.length < 2_000) said += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'ENOENT' ? new GitError(`${what}: no "git" on PATH; install git`, { cause }) : cause)
    })
    child.once('close', (exit) => resolve(exit))
  })
  if (code !== 0)
    throw new GitError(`${what} failed (${code ?? child.signalCode}): ${said.trim() || 'it said nothing'}`)
}
