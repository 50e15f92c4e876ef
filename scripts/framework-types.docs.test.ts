import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryCommand } from './run-command.ts'
import { root } from './workspace.ts'

// What `tsc -p .` cannot read: components, with the DOM's types.
const svelte: [command: string, args: string[]] = [
  'svelte-check',
  ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--workspace', '.'],
]
const vue: typeof svelte = ['vue-tsc', ['-p', '.']]
const solid: typeof svelte = ['tsc', ['-p', '.']]

test.each([
  ['bindings/svelte', ...svelte],
  ['bindings/vue', ...vue],
  ['bindings/solid', ...solid],
  ['playground/svelte', ...svelte],
  ['playground/vue', ...vue],
  ['playground/solid', ...solid],
  ['playground/board', ...solid],
] as const)('the components in %s pass %s', async (folder, command, args) => {
  const options = { cwd: join(root, folder) }
  const { code, output } = await tryCommand(join(root, 'node_modules/.bin', command), args, options)
  expect(code, output).toBe(0)
})
