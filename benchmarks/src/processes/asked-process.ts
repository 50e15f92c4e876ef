import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** A Node process that does what it is asked for; the other side is `answerAsks`. */
export class AskedProcess {
  readonly #child: ChildProcess
  readonly #open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  #id = 0

  /**
   * @param file a TypeScript file that calls `answerAsks`
   * @param options.silent what it prints is dropped
   */
  constructor(file: string, { silent = false } = {}) {
    const output = silent ? 'ignore' : 'inherit'
    this.#child = fork(file, {
      execArgv: ['--conditions=livefold-source', '--no-warnings'],
      stdio: ['ignore', output, output, 'ipc'],
    })
    this.#child.on('message', ({ id, value, error }: Answer) => {
      const asked = this.#open.get(id)
      this.#open.delete(id)
      if (error === undefined) asked?.resolve(value)
      else asked?.reject(new Error(error))
    })
    this.#child.on('exit', (code) => {
      const error = new Error(`${file} ended with code ${code}.`)
      for (const { reject } of this.#open.values()) reject(error)
      this.#open.clear()
    })
  }

  /** Rejects with what it throws there, or when the process ends before it answers. */
  ask<T = void>(what: string, ...args: readonly unknown[]): Promise<T> {
    const id = ++this.#id
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.#child.send({ id, what, args }, (error) => {
        if (error) reject(error)
      })
    })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill()
    await ended
  }
}
