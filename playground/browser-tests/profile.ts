import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, firefox, type Page } from 'playwright'
import { inject } from 'vitest'
import { CHROMIUM_FLAGS } from '../../scripts/browser-finder.ts'
import { Tab } from './tab.ts'

export interface ProfileOptions {
  /** Of Chromium's command line. */
  readonly flags?: readonly string[]
  /** Of Firefox. */
  readonly preferences?: Record<string, string | number | boolean>
}

/** A user's browser with a profile on disk: it can be closed, or killed, and started again. */
export class Profile implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'livefold-profile-'))
  readonly #options: ProfileOptions
  #context: BrowserContext | null = null

  private constructor(options: ProfileOptions) {
    this.#options = options
  }

  static async open(options: ProfileOptions = {}): Promise<Profile> {
    const profile = new Profile(options)
    await profile.start()
    return profile
  }

  get context(): BrowserContext {
    if (!this.#context) throw new Error('this browser does not run')
    return this.#context
  }

  async start(): Promise<void> {
    const { name, path } = inject('browser')
    const { flags = [], preferences = {} } = this.#options
    const options = { executablePath: path, viewport: { width: 1100, height: 800 } }
    this.#context =
      name === 'firefox'
        ? await firefox.launchPersistentContext(this.#directory, {
            ...options,
            channel: 'moz-firefox',
            firefoxUserPrefs: preferences,
          })
        : await chromium.launchPersistentContext(this.#directory, { ...options, args: [...CHROMIUM_FLAGS, ...flags] })
  }

  /** Opens the vanilla playground and waits until its store is ready. */
  async tab(store: string, options: { search?: string; page?: string } = {}): Promise<Tab> {
    const tab = new Tab(await this.context.newPage())
    await tab.open(store, options)
    return tab
  }

  async stop(): Promise<void> {
    await this.#context?.close()
    this.#context = null
  }

  /** Every process of this browser, at once. */
  async kill(): Promise<void> {
    const closed = this.context.waitForEvent('close')
    for (const { pid } of this.processes()) killNow(pid)
    await closed
    this.#context = null
  }

  /** The browser's main process and all below it. */
  processes(): { readonly pid: number; readonly type: string }[] {
    const all = readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? describeProcess(Number(entry)) : []))
    const main = all.find(({ type, command }) => type === 'browser' && command.includes(this.#directory))
    const found = main ? [main] : []
    for (const parent of found) found.push(...all.filter((each) => each.parent === parent.pid))
    return found
  }

  /** The process that renders a page: the one that works while the page does. */
  async rendererOf(page: Page): Promise<number> {
    const renderers = this.processes().filter(({ type }) => type === 'renderer')
    const before = renderers.map(({ pid }) => ticks(pid))
    await page.evaluate(() => {
      const end = performance.now() + 400
      while (performance.now() < end);
    })
    const spent = renderers.map(({ pid }, i) => ticks(pid) - (before[i] ?? 0))
    return renderers[spent.indexOf(Math.max(...spent))]?.pid ?? Number.NaN
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

/** Processor time of a process so far, in ticks of 10 ms. */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function describeProcess(pid: number): { pid: number; parent: number; type: string; command: string }[] {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    const parent = Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')[1],
    )
    return [{ pid, parent, type: /--type=([^\s\0]+)/.exec(command)?.[1] ?? 'browser', command }]
  } catch {
    // It ended while we looked.
    return []
  }
}

/** A process may have ended by itself since it was listed. */
function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown
  }
}
