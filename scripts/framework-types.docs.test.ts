import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryCommand } from './run-command.ts'
import { root } from './workspace.ts'

// What `tsc -p .` cannot read: components, with the DOM's types.
const checks: [binding: string, command: string, args: string[]][] = [
  ['svelte', 'svelte-check', ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--workspace', '.']],
  ['vue', 'vue-tsc', ['-p', '.']],
  ['solid', 'tsc', ['-p', '.']],
]

test.each(checks)('the test components of the %s binding pass %s', async (binding, command, args) => {
  const options = { cwd: join(root, 'bindings', binding) }
  const { code, output } = await tryCommand(join(root, 'node_modules/.bin', command), args, options)
  expect(code, output).toBe(0)
})
