import { type ChildProcess, spawn } from 'node:child_process'

/** A process that is started, killed and started again; what it says is kept as lines. */
export class Victim {
  readonly name: string
  readonly lines: string[] = []
  readonly #command: () => readonly string[]
  readonly #waiting = new Set<() => void>()
  #child: ChildProcess | null = null
  #rest = ''

  /** @param command file and arguments, asked at each start */
  constructor(name: string, command: () => readonly string[]) {
    this.name = name
    this.#command = command
  }

  start(): void {
    const child = spawn(process.execPath, ['--conditions=livefold-source', ...this.#command()], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child = child
    this.#rest = ''
    child.stdin.on('error', () => {})
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n')
      this.#rest = lines.pop() ?? ''
      this.lines.push(...lines)
      for (const look of this.#waiting) look()
    })
  }

  /** Resolves when `count` more lines that begin so have come. */
  says(begin: string, count = 1): Promise<string> {
    const from = this.lines.length
    return new Promise((resolve) => {
      const look = () => {
        const found = this.lines.slice(from).filter((line) => line.startsWith(begin))
        if (found.length < count) return
        this.#waiting.delete(look)
        resolve(found[0] as string)
      }
      this.#waiting.add(look)
    })
  }

  tell(text: string): void {
    this.#child?.stdin?.write(text)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** SIGKILL; resolves when the process is gone and all it said is here. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null) return
    const gone = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGKILL')
    await gone
  }
}
