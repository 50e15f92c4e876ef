import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, firefox } from 'playwright'
import { build, preview } from 'vite'
import { bringChromium, CHROMIUM_FLAGS, findFirefox } from '../../../scripts/browser-finder.ts'
import { UsageError } from '../../../scripts/command-line.ts'
import type { Host } from '../suite/host.ts'
import { pageHost } from './page-host.ts'

export type BrowserName = 'chromium' | 'firefox'

/** A browser with the benchmark's two tabs open. */
export interface BenchBrowser {
  readonly host: Host
  /** `Chromium 156.0.1`. */
  readonly runtime: string
  close(): Promise<void>
}

const configFile = join(import.meta.dirname, '../../page/vite.config.ts')

/** Builds the pages as an app is built, serves them, and opens them in a browser with a profile on disk: OPFS of others is in memory. */
export async function openBenchBrowser(name: BrowserName, quick: boolean): Promise<BenchBrowser> {
  const executablePath = name === 'chromium' ? bringChromium() : foundFirefox()
  await build({ configFile, logLevel: 'warn' })
  const server = await preview({ configFile, logLevel: 'warn' })
  const profile = mkdtempSync(join(tmpdir(), 'livefold-bench-profile-'))
  const context = await launch(name, profile, executablePath)
  const url = server.resolvedUrls?.local[0] ?? ''
  const echo = await context.newPage()
  await echo.goto(`${url}echo.html`)
  await echo.waitForFunction('globalThis.echoing')
  const page = await context.newPage()
  page.on('pageerror', (error) => console.error(error))
  await page.goto(`${url}${quick ? '?quick' : ''}`)
  await page.waitForFunction('globalThis.bench')
  const version = await page.evaluate(() => navigator.userAgent)
  return {
    host: await pageHost(page),
    runtime: runtimeOf(name, version),
    async close() {
      await context.close()
      await server.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

/** @throws UsageError */
function foundFirefox(): string {
  const path = findFirefox()
  if (!path) throw new UsageError('There is no Firefox here: install one, or name yours in FIREFOX_PATH.')
  return path
}

function launch(name: BrowserName, profile: string, executablePath: string): Promise<BrowserContext> {
  if (name === 'chromium')
    return chromium.launchPersistentContext(profile, { executablePath, args: [...CHROMIUM_FLAGS] })
  return firefox.launchPersistentContext(profile, { channel: 'moz-firefox', executablePath })
}

function runtimeOf(name: BrowserName, userAgent: string): string {
  const version = /(?:Chrome|Firefox)\/([\d.]+)/.exec(userAgent)?.[1] ?? ''
  return `${name === 'chromium' ? 'Chromium' : 'Firefox'} ${version}`
}
