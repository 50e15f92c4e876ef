import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow, root } from './workspace.ts'

/** The rules of DESIGN.md §5. A rule lives as long as a test carries its id in its name. */
const rules = [
  'LOG-1',
  'LOG-2',
  'LOG-3',
  'LOG-4',
  'STATE-1',
  'STATE-2',
  'STATE-3',
  'STATE-4',
  'STATE-5',
  'SESS-1',
  'QRY-1',
  'QRY-2',
  'SYNC-1',
  'SYNC-2',
  'LEAD-1',
  'DUR-1',
  'ISO-1',
  'BND-1',
]

// A suite, a skipped test and a test still to be written prove nothing: only `test(` and `it(` count, with `.each(…)` and `.prop(…)`.
const named =
  /\b(?:test|it)(?:\.(?:each|prop|for|concurrent|sequential)(?:\([^\n]*\)(?=\())?)*\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g

function testNames(): string[] {
  const isTest = (path: string) => path.endsWith('.test.ts') || (path.includes('/testing/') && path.endsWith('.ts'))
  const files = ['core', 'adapters', 'bindings', 'playground', 'benchmarks'].flatMap((folder) => {
    try {
      return filesBelow(folder, isTest)
    } catch {
      return [] // a folder that a later issue brings
    }
  })
  return files.flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(named)].map((match) => match[2]!))
}

const names = testNames()

test.each(rules)('rule %s has a test that carries its id', (rule) => {
  expect(names.some((name) => new RegExp(`(?<![\\w-])${rule}(?!\\d)`).test(name))).toBe(true)
})

test('no test carries the id of a rule that does not exist', () => {
  const ids = names.flatMap((name) => name.match(/(?<![\w-])(?:LOG|STATE|SESS|QRY|SYNC|LEAD|DUR|ISO|BND)-\d+/g) ?? [])
  expect(ids.filter((id) => !rules.includes(id))).toEqual([])
})
