import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { CHROMIUM_FLAGS } from '../../scripts/browser-finder.ts'

interface Answer {
  readonly id?: number
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

interface TargetInfo {
  readonly targetId: string
  readonly type: string
  readonly url: string
}

/**
 * A browser without Playwright, which keeps every page visible and focused: here a tab behind another is hidden, and can be
 * frozen, discarded or cached as the browser itself does it.
 */
export class PlainBrowser implements AsyncDisposable {
  readonly #directory: string
  readonly #process: ChildProcess
  readonly #socket: WebSocket
  readonly #open = new Map<number, (answer: Answer) => void>()
  #id = 0

  static async open(): Promise<PlainBrowser> {
    const directory = mkdtempSync(join(tmpdir(), 'livefold-plain-'))
    const child = spawn(
      inject('browser').path,
      [
        ...CHROMIUM_FLAGS,
        '--headless=new',
        '--remote-debugging-port=0',
        `--user-data-dir=${directory}`,
        `--load-extension=${join(import.meta.dirname, 'discarder')}`,
        'about:blank',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const url = await new Promise<string>((resolve, reject) => {
      let output = ''
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const found = /DevTools listening on (\S+)/.exec(output)?.[1]
        if (found) resolve(found)
      })
      child.on('exit', () => reject(new Error(`Chromium did not start: ${output}`)))
    })
    const socket = new WebSocket(url)
    await once(socket, 'open')
    return new PlainBrowser(directory, child, socket)
  }

  private constructor(directory: string, child: ChildProcess, socket: WebSocket) {
    this.#directory = directory
    this.#process = child
    this.#socket = socket
    socket.onmessage = ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer
      if (answer.id !== undefined) this.#open.get(answer.id)?.(answer)
    }
  }

  /** Opens a tab in front of the others. */
  async tab(url: string): Promise<PlainTab> {
    const { targetId } = await this.send('Target.createTarget', { url })
    const tab = await this.#attach(String(targetId))
    await tab.ready()
    return tab
  }

  /** Discards a hidden tab as the browser does when memory is short: its renderer goes, and no event tells it. */
  async discard(url: string): Promise<boolean> {
    return (await this.#discarder()).evaluate(`discard(${JSON.stringify(url)})`)
  }

  /** Brings a discarded tab to the front, which loads it again. */
  async activate(url: string): Promise<PlainTab> {
    await (await this.#discarder()).evaluate(`activate(${JSON.stringify(url)})`)
    const tab = await this.#attach(await this.#target((each) => each.url === url && each.type === 'page'))
    await tab.ready()
    return tab
  }

  async #discarder(): Promise<PlainTab> {
    return this.#attach(await this.#target(({ type, url }) => type === 'service_worker' && url.endsWith('/worker.js')))
  }

  async #target(wanted: (target: TargetInfo) => boolean): Promise<string> {
    const { targetInfos } = (await this.send('Target.getTargets')) as { targetInfos: TargetInfo[] }
    const found = targetInfos.find(wanted)
    if (found) return found.targetId
    throw new Error(`no such target among ${targetInfos.map(({ type, url }) => `${type} ${url}`)}`)
  }

  async #attach(targetId: string): Promise<PlainTab> {
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    return new PlainTab(this, String(sessionId))
  }

  send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#id
    return new Promise((resolve, reject) => {
      this.#open.set(id, ({ result, error }) => {
        this.#open.delete(id)
        if (error) reject(new Error(`${method}: ${error.message}`))
        else resolve(result ?? {})
      })
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit')
    // It may be gone before it answers.
    void this.send('Browser.close')
    await ended
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

export class PlainTab {
  readonly #browser: PlainBrowser
  readonly #session: string

  constructor(browser: PlainBrowser, session: string) {
    this.#browser = browser
    this.#session = session
  }

  send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    return this.#browser.send(method, params, this.#session)
  }

  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (answer.exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(answer.exceptionDetails)}`)
    return (answer.result as { value: T }).value
  }

  ready(): Promise<void> {
    return this.until(`document.body?.classList.contains('ready')`)
  }

  /** Waits until the expression is true. */
  async until(expression: string, timeout = 15_000): Promise<void> {
    const end = performance.now() + timeout
    // A page on its way to another answers nothing.
    while (!(await this.evaluate<boolean>(expression).catch(() => false))) {
      if (performance.now() > end) throw new Error(`never true: ${expression}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  setState(state: 'frozen' | 'active'): Promise<Record<string, unknown>> {
    return this.send('Page.setWebLifecycleState', { state })
  }
}
