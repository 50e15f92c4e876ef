import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tryCommand } from './run-command.ts'
import { root } from './workspace.ts'

// What `tsc -p .` cannot read: components, with the DOM's types. Most of a run reads what all folders import: a framework's go together.

mkdirSync(join(root, 'docs/.livefold'), { recursive: true })
const folder = mkdtempSync(join(root, 'docs/.livefold/types-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Config {
  readonly compilerOptions: object
  readonly include: readonly string[]
}

/** The configuration of all the folders, as a file. */
function configOf(name: string, folders: readonly string[]): string {
  const configs = folders.map((each) => JSON.parse(readFileSync(join(root, each, 'tsconfig.json'), 'utf8')) as Config)
  const config = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: Object.assign({}, ...configs.map(({ compilerOptions }) => compilerOptions)),
    include: configs.flatMap(({ include }, i) => include.map((path) => join(root, folders[i] as string, path))),
  }
  const file = join(folder, `${name}.json`)
  writeFileSync(file, JSON.stringify(config))
  return file
}

test.each([
  ['svelte-check', ['bindings/svelte', 'playground/svelte'], ['--fail-on-warnings', '--workspace', root, '--tsconfig']],
  ['vue-tsc', ['bindings/vue', 'playground/vue'], ['-p']],
  ['tsc', ['bindings/solid', 'playground/solid', 'playground/board'], ['-p']],
] as const)('%s has nothing to say of the components in %s', async (command, folders, args) => {
  const given = [...args, configOf(command, folders)]
  const { code, output } = await tryCommand(join(root, 'node_modules/.bin', command), given, { cwd: root })
  expect(code, output).toBe(0)
})
