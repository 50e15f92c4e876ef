import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, defaultClientConditions, type Rolldown } from 'vite'
import { expect, test } from 'vitest'
import { report } from './report.ts'

/**
 * What a browser gets of Livefold itself, core and adapters, gzip, bytes: neither SQLite (wasm and glue) nor signals, validation and the app.
 * `own` is what page and worker need before the first query; `later` is what they import while that one is answered, or when it is needed;
 * `repair` is imported when storage fails or is damaged; `check` looks for that at each start, while SQLite loads.
 * The mark not to be passed: lower it with what is gained. Both `own` are to get to 25 KiB.
 */
const BUDGET = {
  'page-own': 39_050,
  'page-later': 6_450,
  'worker-own': 34_450,
  'worker-later': 10_350,
  'worker-check': 700,
  'worker-repair': 4_500,
}
const playground = join(import.meta.dirname, '..')

const SELDOM = [
  { name: 'worker-check', test: /web\/src\/opfs-(check|directory)/ },
  {
    name: 'worker-repair',
    test: /opfs-(inspect|repair|mark)|pool-slots|pool-error|write-file|storage-fault|leader\/(repair|check-all)|log-scan/,
  },
]

/** Each part in a file of its own. */
const parts = (side: 'page' | 'worker'): Rolldown.OutputOptions => ({
  codeSplitting: {
    groups: [
      { name: `${side}-glue`, test: /sqlite-wasm/ },
      // Vite's own, once for all imports of an app.
      { name: `${side}-vite`, test: /vite.preload-helper/ },
      { name: `${side}-validation`, test: /valibot/ },
      { name: `${side}-signals`, test: /signals-core|nanoevents/ },
      { name: `${side}-own`, test: /\/(core|adapters)\/.*src\//, tags: ['$initial'] },
      ...(side === 'worker' ? SELDOM : []),
      { name: `${side}-later`, test: /\/(core|adapters)\/.*src\// },
    ],
  },
})

test('page and worker stay within their budgets', async () => {
  const built = (await build({
    // Not the playground's own: its pages would be built along with this one, and share its chunks.
    configFile: false,
    root: playground,
    resolve: { conditions: ['livefold-source', ...defaultClientConditions] },
    define: { SYNC_PORT: '4322' },
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2023',
      modulePreload: { polyfill: false },
      rolldownOptions: { input: join(playground, 'vanilla/index.html'), output: parts('page') },
    },
    worker: { format: 'es', rolldownOptions: { output: parts('worker') } },
  })) as Rolldown.RolldownOutput
  const sizes: Record<string, number> = {}
  for (const file of built.output) {
    if (!file.fileName.endsWith('.js')) continue
    const code = file.type === 'chunk' ? file.code : file.source
    sizes[file.fileName.replace(/^assets\//, '').replace(/-[\w-]{8}\.js$/, '')] = gzipSync(code, { level: 9 }).length
  }
  report('sizes-gzip-bytes', sizes)
  for (const [name, budget] of Object.entries(BUDGET)) expect(sizes[name], name).toBeLessThanOrEqual(budget)
})

test('what the playground ships, as it is built', () => {
  const folder = join(playground, 'dist/assets')
  const sizes = Object.fromEntries(
    readdirSync(folder)
      .filter((name) => /\.(js|css|wasm)$/.test(name))
      .map((name) => [
        name.replace(/-[\w-]{8}(\.\w+)$/, '$1'),
        gzipSync(readFileSync(join(folder, name)), { level: 9 }).length,
      ]),
  )
  report('built-gzip-bytes', sizes)
  expect(Object.keys(sizes).length).toBeGreaterThan(0)
})
