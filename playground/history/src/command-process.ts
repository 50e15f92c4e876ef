import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface CommandEnd {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly output: string
}

/** A program of this repository in a process of its own, with its output read line by line. For tests. */
export class CommandProcess {
  readonly ended: Promise<CommandEnd>
  readonly #child: ChildProcess
  readonly #what: string
  #output = ''
  #over = false
  readonly #waiting = new Set<() => void>()

  /** `file`: path relative to this folder. */
  constructor(file: string, args: readonly string[], env: Record<string, string> = {}) {
    const path = fileURLToPath(new URL(file, import.meta.url))
    this.#what = `${file} ${args.join(' ')}`
    const child = spawn(process.execPath, ['--conditions=livefold-source', path, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
    })
    this.#child = child
    const add = (chunk: Buffer) => {
      this.#output += chunk.toString('utf8')
      for (const look of this.#waiting) look()
    }
    child.stdout.on('data', add)
    child.stderr.on('data', add)
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        this.#over = true
        for (const look of this.#waiting) look()
        resolve({ code, output: this.#output })
      })
    })
  }

  /** Resolves with the first match in the output; rejects when the process ends without one. */
  says(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = this.#output.match(pattern)
        if (!match && !this.#over) return
        this.#waiting.delete(look)
        if (match) resolve(match)
        else reject(new Error(`${this.#what} ended without saying ${pattern}; it said:\n${this.#output}`))
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** Resolves when it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<CommandEnd> {
    this.#child.kill(signal)
    return this.ended
  }

  /** The end of a run that must succeed: its output. */
  async succeeds(): Promise<string> {
    const { code, output } = await this.ended
    if (code !== 0) throw new Error(`${this.#what} ended with ${code}; it said:\n${output}`)
    return output
  }
}
