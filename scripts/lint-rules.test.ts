import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tryCommand } from './run-command.ts'
import { root } from './workspace.ts'

interface Finding {
  readonly category: string
  readonly location: { readonly path: string | { readonly file: string } }
}

const uses = (specifier: string) => `import { thing } from '${specifier}'\nexport const used = thing\n`
const expression = (code: string) => `export const used = ${code}\n`

/** Each file breaks one rule, and only that one. */
const bad: Record<string, [code: string, rule: string]> = {
  'core/src/base/up.ts': [uses('../protocol/codec.ts'), 'noRestrictedImports'],
  'core/src/sql/up.ts': [uses('../replica/replica.ts'), 'noRestrictedImports'],
  'core/src/replica/up.ts': [uses('../leader/leader.ts'), 'noRestrictedImports'],
  'core/src/leader/session.ts': [uses('../session/session.ts'), 'noRestrictedImports'],
  'core/src/session/leader.ts': [uses('../leader/leader.ts'), 'noRestrictedImports'],
  'core/src/session/query.ts': [uses('../query/live-query.ts'), 'noRestrictedImports'],
  'core/src/server/leader.ts': [uses('../leader/leader.ts'), 'noRestrictedImports'],
  'core/src/query/session.ts': [uses('../session/session.ts'), 'noRestrictedImports'],
  'core/src/query/store.ts': [uses('../store/store.ts'), 'noRestrictedImports'],
  'core/src/store/leader.ts': [uses('../leader/leader.ts'), 'noRestrictedImports'],
  'core/src/store/entry.ts': [uses('../index.ts'), 'noRestrictedImports'],
  'core/src/store/testing.ts': [uses('../testing/fakes.ts'), 'noRestrictedImports'],
  'core/src/store/re-export.ts': [`export { thing } from '../leader/leader.ts'\n`, 'noRestrictedImports'],
  'core/src/store/dynamic.ts': [`export const used = import('../leader/leader.ts')\n`, 'noRestrictedImports'],
  'core/src/store/node.ts': [uses('node:fs'), 'noRestrictedImports'],
  'core/src/store/package.ts': [uses('zod'), 'noRestrictedImports'],
  'core/src/store/self.ts': [uses('@livefold/core'), 'noRestrictedImports'],
  'core/src/index.ts': [`export { thing } from './testing/fakes.ts'\n`, 'noRestrictedImports'],
  'adapters/memory/src/core.ts': [uses('@livefold/core'), 'noRestrictedImports'],
  'adapters/node/src/server.ts': [uses('@livefold/core/server'), 'noRestrictedImports'],
  'adapters/sync/src/node.ts': [uses('@livefold/node'), 'noRestrictedImports'],
  'adapters/server/src/testing.ts': [uses('@livefold/core/testing'), 'noRestrictedImports'],
  'adapters/node/src/deep.ts': [uses('../../../core/src/base/errors.ts'), 'noRestrictedImports'],
  'adapters/node/src/deep.test.ts': [uses('@livefold/core/src/base/errors.ts'), 'noRestrictedImports'],
  'bindings/vue/src/adapter.ts': [uses('@livefold/core/adapter'), 'noRestrictedImports'],
  'playground/history/src/adapter.ts': [uses('@livefold/core/adapter'), 'noRestrictedImports'],
  'playground/history/src/memory.ts': [uses('@livefold/memory'), 'noRestrictedImports'],
  'core/src/query/date.ts': [expression('Date.now()'), 'noRestrictedGlobals'],
  'core/src/query/new-date.ts': [expression('new Date()'), 'noRestrictedGlobals'],
  'core/src/query/random.ts': [expression('Math.random()'), 'noJsRestrictedProperties'],
  'core/src/query/console.ts': [`console.log('x')\nexport {}\n`, 'noConsole'],
  'adapters/sync/src/console.ts': [`console.log('x')\nexport {}\n`, 'noConsole'],
  'core/src/query/all.ts': [`export * from '../base/errors.ts'\n`, 'noReExportAll'],
  'core/src/query/any.ts': ['export const used: any = 1\n', 'noExplicitAny'],
  'core/src/query/floating.ts': [
    `async function later(): Promise<void> {}\nexport function used(): void {\n  later()\n}\n`,
    'noFloatingPromises',
  ],
  'core/src/query/long.ts': [`export const used = [\n${'  1,\n'.repeat(400)}]\n`, 'noExcessiveLinesPerFile'],
  'core/src/query/cycle-a.ts': [`import { b } from './cycle-b.ts'\nexport const a = () => b()\n`, 'noImportCycles'],
  'core/src/query/cycle-b.ts': [
    `import { a } from './cycle-a.ts'\nexport const b = (): unknown => a()\n`,
    'noImportCycles',
  ],
}
const hostGlobals =
  'setTimeout setInterval setImmediate queueMicrotask fetch crypto process performance localStorage navigator globalThis'
for (const name of hostGlobals.split(' ')) {
  bad[`core/src/query/global-${name}.ts`] = [
    expression(`typeof ${name} === 'undefined' ? 0 : ${name}`),
    'noRestrictedGlobals',
  ]
}

const good: Record<string, string> = {
  'core/src/base/errors.ts': `export const thing = 1\n`,
  'core/src/leader/down.ts': uses('../replica/replica.ts'),
  'core/src/query/down.ts': uses('../replica/replica.ts'),
  'core/src/store/down.ts': uses('../query/live-query.ts'),
  'core/src/store/same.ts': uses('./down.ts'),
  'core/src/query/signals.ts': uses('@preact/signals-core'),
  'core/src/store/nano.ts': uses('nanoevents'),
  'core/src/adapter.ts': `export { thing } from './leader/down.ts'\n`,
  'core/src/query/anything.test.ts': `${uses('../leader/down.ts')}export const now = Date.now() + Math.random()\n`,
  'core/src/testing/sim/anything.ts': `${uses('../../leader/down.ts')}export const now = Date.now()\n`,
  'adapters/memory/src/allowed.ts': `${uses('@livefold/core/adapter')}export { a } from '@livefold/core/server'\n`,
  'adapters/node/src/allowed.ts': `${uses('node:fs')}export { a } from '@livefold/sync'\n`,
  'adapters/node/src/allowed.test.ts': uses('@livefold/core/testing'),
  'playground/history/src/allowed.ts': uses('@livefold/server'),
}

const folder = mkdtempSync(join(tmpdir(), 'livefold-lint-'))
const found = new Map<string, Set<string>>()

beforeAll(async () => {
  cpSync(join(root, '.gitignore'), join(folder, '.gitignore'))
  writeFileSync(join(folder, 'biome.json'), readFileSync(join(root, 'biome.json')))
  for (const [path, code] of [
    ...Object.entries(bad).map(([path, [code]]) => [path, code] as const),
    ...Object.entries(good),
  ]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), code)
  }
  const biome = join(root, 'node_modules/.bin/biome')
  const { output } = await tryCommand(biome, ['lint', '--reporter=json', '--max-diagnostics=none', '.'], {
    cwd: folder,
  })
  const report = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)) as {
    diagnostics: Finding[]
  }
  for (const { category, location } of report.diagnostics) {
    const path = typeof location.path === 'string' ? location.path : location.path.file
    const rules = found.get(path) ?? new Set()
    found.set(path, rules.add(category.split('/').at(-1)!))
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(Object.entries(bad).map(([path, [, rule]]) => [rule, path] as const))('biome %s refuses %s', (rule, path) => {
  expect([...(found.get(path) ?? [])]).toContain(rule)
})

test.each(Object.keys(good))('biome lets %s pass', (path) => {
  expect([...(found.get(path) ?? [])]).toEqual([])
})
