import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright'
import { build, defaultClientConditions, preview } from 'vite'
import { afterEach, expect, test } from 'vitest'
import { codeBlocksOf } from '../../scripts/code-blocks.ts'
import { root } from '../../scripts/workspace.ts'
import { Profile } from './profile.ts'

// The apps that guides show, as they stand there.

const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Builds the app of a guide, and gives its address. `change` may adapt a file to the test. */
async function appOf(guide: string, more: Readonly<Record<string, string>>, change = (code: string) => code) {
  // Inside docs/, whose package.json names what the code of guides may import.
  mkdirSync(join(root, 'docs/.livefold'), { recursive: true })
  const folder = mkdtempSync(join(root, 'docs/.livefold/app-'))
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  const blocks = codeBlocksOf(guide, readFileSync(join(root, guide), 'utf8'))
  const shown = Object.fromEntries(blocks.filter(({ file }) => file !== null).map(({ file, code }) => [file!, code]))
  for (const [file, code] of Object.entries({ ...shown, ...more })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), change(code))
  }
  const config = { configFile: false, root: folder, logLevel: 'error' } as const
  await build({ ...config, resolve: { conditions: ['livefold-source', ...defaultClientConditions] } })
  const server = await preview({ ...config, preview: { host: '127.0.0.1', port: 0 } })
  ends.push(() => server.close())
  return server.resolvedUrls!.local[0]!
}

/** The command of the tutorial. */
async function syncServer(): Promise<{ port: string; stop(): Promise<unknown> }> {
  const cli = join(root, 'adapters/server/src/cli.ts')
  const args = ['--conditions=livefold-source', cli, '--port', '0', '--data', ':memory:']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  ends.push(stop)
  const port = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]
      if (found) resolve(found)
    })
  })
  return { port, stop }
}

const add = async (page: Page, title: string) => {
  await page.fill('input[name=title]', title)
  await page.press('input[name=title]', 'Enter')
}
const lines = (page: Page) => page.locator('li').allTextContents()
const trimmed = async (page: Page) => (await lines(page)).map((line) => line.trim())

test('the tutorial: two clients are in step, and one that is offline goes on and keeps what it has', async () => {
  const server = await syncServer()
  const url = await appOf('docs/guides/tutorial.md', {}, (code) =>
    code.replace('127.0.0.1:4322', `127.0.0.1:${server.port}`),
  )
  await using one = await Profile.open()
  await using two = await Profile.open()
  const [ann, ben] = [await one.context.newPage(), await two.context.newPage()]
  await ann.goto(url)
  await ben.goto(url)
  await add(ann, 'from Ann')
  await expect.poll(() => trimmed(ben)).toEqual(['from Ann'])
  await ben.check('li input')
  await expect.poll(() => ann.isChecked('li input')).toBe(true)
  await expect.poll(() => ann.title()).toBe('0 open')

  await server.stop()
  await expect.poll(() => ann.locator('output').textContent()).toMatch(/offline|connecting/)
  await add(ann, 'without a server')
  await ann.reload()
  await expect.poll(() => trimmed(ann)).toEqual(['from Ann', 'without a server'])
  await expect.poll(() => ann.locator('output').textContent()).toMatch(/1 to be sent/)
})

test('React: a list and a count follow commits, and a line is rendered when its row changed', async () => {
  const page = '<!doctype html><div id="root"></div><script type="module" src="./main.tsx"></script>'
  // Counts the renders of each line.
  const counted = (code: string) =>
    code.replace('  const toggle = ', '  ;((globalThis as any).renders ??= []).push(todo.title)\n  const toggle = ')
  const url = await appOf('docs/guides/react.md', { 'index.html': page }, counted)
  await using profile = await Profile.open()
  const tab = await profile.context.newPage()
  const errors: string[] = []
  tab.on('pageerror', ({ message }) => errors.push(message))
  tab.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  await tab.goto(url)
  await add(tab, 'one')
  await add(tab, 'two')
  await expect.poll(() => trimmed(tab)).toEqual(['two', 'one'])
  await tab.getByLabel('only what is open').uncheck()
  await tab.evaluate(() => Object.assign(globalThis, { renders: [] }))
  await tab.getByLabel('one').check()
  await expect.poll(() => tab.locator('p').textContent()).toContain('1 open')
  expect(await tab.evaluate(() => (globalThis as unknown as { renders: string[] }).renders)).toEqual(['one'])
  await tab.getByLabel('only what is open').check()
  await expect.poll(() => trimmed(tab)).toEqual(['two'])
  expect(errors.filter((text) => !text.includes('favicon') && !text.includes('404'))).toEqual([])
})
