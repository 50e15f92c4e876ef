import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProvidedContext } from 'vitest'
import type { TestProject } from 'vitest/node'
import { bringChromium, findFirefox } from '../../scripts/browser-finder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the built playground, with a slash at the end. */
    playground: string
    /** Which browser the tests run in, and where its program is. */
    browser: { readonly name: 'chromium' | 'firefox'; readonly path: string }
  }
}

/** The built playground and its sync server, once for all browser tests; each test has a store of its own there. */
export default async function playgroundProcess(project: TestProject): Promise<() => Promise<void>> {
  project.provide('browser', browserOf(project))
  const data = mkdtempSync(join(tmpdir(), 'livefold-browser-'))
  const [playgroundPort, syncPort] = [await freePort(), await freePort()]
  const child = spawn(
    process.execPath,
    ['--conditions=livefold-source', join(import.meta.dirname, '../start.ts'), '--built'],
    {
      env: {
        ...process.env,
        PLAYGROUND_PORT: String(playgroundPort),
        SYNC_PORT: String(syncPort),
        SYNC_DATA: data,
        PLAYGROUND_TESTS: 'yes',
        NODE_ENV: 'production',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const found = /playground at +(\S+)/.exec(output)?.[1]
      if (found) resolve(found)
    })
    child.on('exit', (code) => reject(new Error(`the playground ended with ${code}: ${output}`)))
  })
  project.provide('playground', url)
  return async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
}

function browserOf({ name }: TestProject): ProvidedContext['browser'] {
  if (name !== 'browser-firefox') return { name: 'chromium', path: bringChromium() }
  const path = findFirefox()
  if (path) return { name: 'firefox', path }
  throw new Error(
    'There is no Firefox here. Install one (Debian: apt-get install -y firefox-esr), or name yours in FIREFOX_PATH.',
  )
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
