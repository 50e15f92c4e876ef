import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { outside } from './outside.ts'
import { runCommand, tryCommand } from './run-command.ts'
import { root } from './workspace.ts'

// An app far from the workspace, which knows our packages by their tarballs alone.

const tarballs = inject('tarballs')
const folder = mkdtempSync(join(tmpdir(), 'livefold-consumer-'))

beforeAll(async () => {
  cpSync(join(root, 'scripts/consumer'), folder, { recursive: true })
  const files = Object.fromEntries(Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]))
  const manifest = {
    name: 'livefold-consumer',
    private: true,
    type: 'module',
    dependencies: { ...files, zod: '4.6.7' },
    devDependencies: { typescript: '6.0.3', '@types/node': '24.19.2' },
    // Our packages name each other by version; until that version is on npm the tarballs stand in.
    overrides: Object.fromEntries(Object.keys(files).map((name) => [name, `$${name}`])),
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  await runCommand('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder, env: outside() })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tsc = (...args: string[]) => ['node_modules/typescript/bin/tsc', ...args]
const resolutions = [
  ['nodenext', '--module', 'nodenext', '--moduleResolution', 'nodenext'],
  ['bundler', '--module', 'esnext', '--moduleResolution', 'bundler'],
] as const

test.each(resolutions)(
  'the app type-checks with moduleResolution %s, and wrong uses are errors',
  async (_, ...flags) => {
    mkdirSync(join(folder, 'wrong'), { recursive: true })
    cpSync(join(folder, 'wrong.ts.txt'), join(folder, 'wrong/wrong.ts'))
    const { code, output } = await tryCommand(process.execPath, tsc('-p', '.', ...flags), {
      cwd: folder,
      env: outside(),
    })
    expect(output).toBe('')
    expect(code).toBe(0)
  },
)

test('the app runs under Node: memory store, server, two node stores in step over WebSocket and HTTP', async () => {
  const output = await runCommand(process.execPath, ['app.ts'], { cwd: folder, env: outside(), timeout: 60_000 })
  expect(output.trim().split('\n').at(-1)).toBe('consumer ok')
})

test('the app runs in the production variant as well', async () => {
  const command = ['--conditions=production', 'app.ts']
  const output = await runCommand(process.execPath, command, { cwd: folder, env: outside(), timeout: 60_000 })
  expect(output.trim().split('\n').at(-1)).toBe('consumer ok')
})

interface Said {
  readonly early: readonly { readonly code: string; readonly message: string }[]
  readonly late: readonly { readonly code: string; readonly message: string }[]
  readonly crossed: readonly string[]
  readonly definitions: readonly string[]
}

test('wrong uses are told the same in both variants; in production by code and number until the texts are there', async () => {
  const run = async (...conditions: string[]) => {
    const output = await runCommand(process.execPath, [...conditions, 'messages.ts'], { cwd: folder, env: outside() })
    return JSON.parse(output) as Said
  }
  const whole = await run()
  const production = await run('--conditions=production')
  // A schema is code: what is wrong with it shows in development, and there its materializers are run twice.
  expect(whole.definitions).toEqual([...Array(5).fill('schema/invalid'), 'materializer/impure'])
  expect(production.definitions).toEqual([])
  expect(whole.late).toHaveLength(8)
  expect(whole.early).toEqual(whole.late.slice(0, whole.early.length))
  expect(production.late).toEqual(whole.late)
  expect(production.crossed).toEqual(whole.late.map(({ message }) => message))
  for (const [index, { code, message, ...rest }] of production.early.entries()) {
    expect({ code, ...rest }).toEqual({ ...whole.early[index], message: undefined })
    expect(message).toMatch(
      new RegExp(`⟦${code}, text \\d+ of @livefold/core@[\\d.]+/dist/production/base/texts\\.js: \\[`),
    )
  }
})

test('every entry can be imported', async () => {
  const entries = [
    'core',
    'core/adapter',
    'core/leader-parts',
    'core/session-parts',
    'core/server',
    'memory',
    'node',
    'sync',
    'server',
    'svelte',
    'vue',
    'solid',
  ].map((entry) => `@livefold/${entry}`)
  const code = `for (const entry of ${JSON.stringify(entries)}) if (Object.keys(await import(entry)).length === 0) throw new Error(entry + ' is empty')`
  await runCommand(process.execPath, ['--input-type=module', '-e', code], { cwd: folder, env: outside() })
})

test('livefold-server is there as a command', async () => {
  const output = await runCommand(join(folder, 'node_modules/.bin/livefold-server'), ['--help'], {
    cwd: folder,
    env: outside(),
  })
  expect(output).toContain('--port')
})
