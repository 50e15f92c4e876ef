import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandProcess } from './command-process.ts'
import { createFixture } from './fixture.ts'
import type { FixtureOptions } from './fixture-stream.ts'

/** A folder with a fixture repository, a sync server over it, and the commands of its clients. For tests. */
export class HistoryStage {
  readonly root: string
  readonly repository: string
  #server: CommandProcess | null = null
  #url = ''
  readonly #started: CommandProcess[] = []

  private constructor(root: string) {
    this.root = root
    this.repository = join(root, 'fixture.git')
  }

  static async open(options: Partial<FixtureOptions> = {}): Promise<HistoryStage> {
    const stage = new HistoryStage(await mkdtemp(join(tmpdir(), 'livefold-history-')))
    await createFixture(stage.repository, options)
    await stage.startServer()
    return stage
  }

  /** Starts the server, or starts it again where it was. */
  async startServer(): Promise<void> {
    const port = this.#url === '' ? '0' : new URL(this.#url).port
    const args = ['--port', port, '--data', join(this.root, 'server')]
    this.#server = this.#start(new CommandProcess('../../../adapters/server/src/cli.ts', args))
    this.#url = (await this.#server.says(/listening on (\S+)/))[1] ?? ''
  }

  async killServer(): Promise<void> {
    await this.#server?.kill()
  }

  import(client: string, ...more: string[]): CommandProcess {
    return this.history(['import', this.repository, ...this.client(client), ...more])
  }

  follow(client: string, ...more: string[]): CommandProcess {
    return this.history(['follow', ...this.client(client), ...more])
  }

  verify(client: string, ...more: string[]): CommandProcess {
    return this.history(['verify', this.repository, ...this.client(client), ...more])
  }

  history(args: readonly string[], env?: Record<string, string>): CommandProcess {
    return this.#start(new CommandProcess('cli.ts', args, env))
  }

  /** The options that name a client of the store. */
  client(name: string, store = 'history'): string[] {
    return ['--store', store, '--server', this.#url, '--data', join(this.root, name)]
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.map((command) => command.kill()))
    await rm(this.root, { recursive: true, force: true })
  }

  #start(command: CommandProcess): CommandProcess {
    this.#started.push(command)
    return command
  }
}

/** The digest that a command printed. */
export function digestIn(output: string): string {
  const found = output.match(/^digest ([0-9a-f]{64})$/m)?.[1]
  if (!found) throw new Error(`no digest in:\n${output}`)
  return found
}
