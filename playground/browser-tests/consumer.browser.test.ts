import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { outside } from '../../scripts/outside.ts'
import { runCommand } from '../../scripts/run-command.ts'
import { root } from '../../scripts/workspace.ts'
import type { Livefold } from './livefold-global.ts'
import { freePort } from './playground-process.ts'
import { Profile } from './profile.ts'
import { Tab } from './tab.ts'

// A fresh Vite app outside the workspace, which knows our packages by their tarballs alone, and has no configuration.

const folder = mkdtempSync(join(tmpdir(), 'livefold-vite-app-'))
const bin = join(root, 'node_modules/.bin')
const packages = { core: 'core', sync: 'adapters/sync', web: 'adapters/web' }

beforeAll(async () => {
  const dependencies: Record<string, string> = {}
  for (const [name, path] of Object.entries(packages)) {
    await runCommand(join(bin, 'tsdown'), ['--logLevel', 'error'], { cwd: join(root, path), env: outside() })
    // With what npm was told for this machine: pnpm may have to be fetched.
    await runCommand('npx', ['-y', 'pnpm@12.21.0', 'pack', '--pack-destination', folder], { cwd: join(root, path) })
    dependencies[`@livefold/${name}`] = `file:${join(folder, `livefold-${name}-0.1.0.tgz`)}`
  }
  const [vanilla, todo] = [join(root, 'playground/vanilla'), join(root, 'playground/todo')]
  cpSync(join(vanilla, 'src'), join(folder, 'vanilla/src'), { recursive: true })
  const html = readFileSync(join(vanilla, 'index.html'), 'utf8').replaceAll('./src/', './vanilla/src/')
  writeFileSync(join(folder, 'index.html'), html)
  cpSync(join(root, 'playground/design'), join(folder, 'design'), { recursive: true })
  cpSync(join(todo, 'src'), join(folder, 'todo/src'), { recursive: true })
  writeFileSync(join(folder, 'todo/src/sync-url.ts'), `export const syncUrl = () => '/sync'\n`)
  const { dependencies: _, ...shared } = JSON.parse(readFileSync(join(todo, 'package.json'), 'utf8'))
  writeFileSync(join(folder, 'todo/package.json'), JSON.stringify(shared))
  const manifest = {
    name: 'fresh-vite-app',
    private: true,
    type: 'module',
    dependencies: {
      ...dependencies,
      '@livefold/playground-todo': 'file:./todo',
      '@preact/signals-core': '^1.14.5',
      valibot: '1.5.0',
    },
    devDependencies: { vite: '8.3.8' },
    // Our packages name each other by version; until that version is on npm the tarballs stand in.
    overrides: Object.fromEntries(Object.keys(dependencies).map((name) => [name, `$${name}`])),
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  await runCommand('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder, env: outside() })
}, 180_000)

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

/** A column more while the app is open: Vite reloads page and worker, and the state is folded anew from the log. */
async function editSchema(tab: Tab): Promise<void> {
  const file = join(folder, 'todo/src/schema.ts')
  const text = readFileSync(file, 'utf8')
  const reloaded = tab.page.waitForEvent('load')
  writeFileSync(
    file,
    text.replace('createdAt: timestamp(),', 'createdAt: timestamp(),\n    urgent: boolean().default(true),'),
  )
  await reloaded
  await tab.ready()
  const rows = () =>
    tab.page.evaluate(() => {
      const { store, todos } = (globalThis as unknown as { livefold: Livefold }).livefold
      return store
        .query(todos.orderBy('createdAt', 'asc'))
        .map((row) => [row.title, (row as { urgent?: boolean }).urgent])
    })
  await expect.poll(rows).toEqual([
    ['one', true],
    ['two', true],
  ])
  await tab.add('three')
  await expect.poll(rows).toHaveLength(3)
}

/** Asks for a column that is not there: what the error says at once, and on each later look at it. */
async function wrongUse(tab: Tab): Promise<{ atOnce: string; now(): Promise<string> }> {
  const error = await tab.page.evaluateHandle(() => {
    const { store, todos } = (globalThis as unknown as { livefold: Livefold }).livefold
    try {
      return store.query(todos.where({ nope: 1 } as never)) as never
    } catch (thrown) {
      return thrown as Error
    }
  })
  const now = () => error.evaluate(({ message }) => message)
  return { atOnce: await now(), now }
}

/** Its texts are a file of their own in production: the stand-in says where to read more, and the error asks for the file. */
async function checkTexts(tab: Tab, production: boolean): Promise<void> {
  const whole = 'todos has no column "nope"; it has id, title, done, createdAt'
  const { atOnce, now } = await wrongUse(tab)
  if (production) expect(atOnce).toMatch(/^⟦query\/invalid, text \d+ of @livefold\/core@.+: \["todos",.+nope/)
  await tab.page.context().unroute(TEXTS)
  if (production) await expect.poll(async () => (await wrongUse(tab)).atOnce).toBe(whole)
  expect(await now()).toBe(whole)
  expect((await wrongUse(tab)).atOnce).toBe(whole)
}

const TEXTS = '**/whole-text-*.js'

test.each([
  ['production build', ['preview']],
  ['dev server', []],
])('the app runs from its %s, and keeps its todos over a reload', { timeout: 120_000 }, async (kind, command) => {
  const vite = join(folder, 'node_modules/vite/bin/vite.js')
  if (kind === 'production build') await runCommand(process.execPath, [vite, 'build'], { cwd: folder, env: outside() })
  const port = await freePort()
  const server = spawn(process.execPath, [vite, ...command, '--host', '127.0.0.1', '--port', String(port)], {
    cwd: folder,
    env: outside(),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    const url = `http://127.0.0.1:${port}/`
    await expect
      .poll(() =>
        fetch(url).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200)
    await using profile = await Profile.open()
    await profile.context.route(TEXTS, (route) => route.abort())
    const tab = new Tab(await profile.context.newPage())
    await tab.page.goto(url)
    await tab.ready()
    // Where Vite finds a dependency late, it reloads the page once.
    await tab.page.waitForLoadState('networkidle')
    await tab.add('one', 'two')
    await tab.reload()
    await expect.poll(() => tab.titles()).toEqual(['one', 'two'])
    expect((await tab.snapshot()).leads).toBe(true)
    await checkTexts(tab, kind === 'production build')
    if (kind === 'dev server') await editSchema(tab)
  } finally {
    server.kill('SIGKILL')
  }
})
