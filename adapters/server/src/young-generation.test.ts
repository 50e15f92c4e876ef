import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** Makes garbage of which some lives for a while, as messages do, and prints the size of V8's space for it in MiB. */
const CHURN = `
import { getHeapSpaceStatistics } from 'node:v8'
const held = []
for (let i = 0; i < 200; i++) {
  for (let n = 0; n < 20_000; n++) held.push({ n, text: 'x' + n })
  if (i % 4 === 3) held.length = 0
  await new Promise(setImmediate)
}
console.log(getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size / 2 ** 20)
`

function youngMiB(before: string): number {
  const args = ['--conditions=livefold-source', '--no-warnings', '--input-type=module', '--eval', before + CHURN]
  return Number(execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }))
}

test('BND-1 a limited young generation stops growing, where it would go on; the process still ends by itself', () => {
  const module = new URL('./young-generation.ts', import.meta.url).href
  const limited = youngMiB(
    `const { limitYoungGeneration } = await import(${JSON.stringify(module)}); limitYoungGeneration();\n`,
  )
  expect(limited).toBeLessThanOrEqual(32)
  expect(youngMiB('')).toBeGreaterThan(limited)
})
