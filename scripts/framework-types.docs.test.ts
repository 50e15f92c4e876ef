import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryCommand } from './run-command.ts'
import { root } from './workspace.ts'

// What `tsc -p .` cannot read: components, with the DOM's types.
const checks: [folder: string, command: string, args: string[]][] = [
  ['bindings/svelte', 'svelte-check', ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--workspace', '.']],
  ['bindings/vue', 'vue-tsc', ['-p', '.']],
  ['bindings/solid', 'tsc', ['-p', '.']],
  ['playground/board', 'tsc', ['-p', '.']],
]

test.each(checks)('the components in %s pass %s', async (folder, command, args) => {
  const options = { cwd: join(root, folder) }
  const { code, output } = await tryCommand(join(root, 'node_modules/.bin', command), args, options)
  expect(code, output).toBe(0)
})
