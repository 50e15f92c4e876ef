import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryCommand } from './run-command.ts'
import { tasks } from './tasks.mjs'
import { root } from './workspace.ts'

const run = (task: string, ...args: string[]) => {
  const script = tasks[task] ?? []
  return tryCommand(process.execPath, [...script.map(inRoot), ...args], { cwd: root, timeout: 60_000 })
}
const inRoot = (part: string) => (/\.(ts|mjs)$/.test(part) ? join(root, part) : part)

test.each(Object.keys(tasks))('%s --help says what it does and what it takes', async (task) => {
  const { code, output } = await run(task, '--help')
  expect(code).toBe(0)
  expect(output.length).toBeGreaterThan(100)
  expect(output).toContain('--')
})

test.each(Object.keys(tasks))(
  '%s refuses an option that it does not have, and points to those it has',
  async (task) => {
    const { code, output } = await run(task, '--no-such-option')
    expect(code).toBe(2)
    expect(output).toContain('no-such-option')
    expect(output).toMatch(/--\w+/)
    expect(output).not.toMatch(/\n {4}at /)
  },
)
