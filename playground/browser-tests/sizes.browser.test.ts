import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { afterEach, expect, test, vi } from 'vitest'
import { publishedPackages } from './published-packages.ts'
import { report } from './report.ts'

/**
 * What a browser gets of Livefold itself, core and adapters, gzip, bytes: neither SQLite (wasm and glue) nor signals, validation and the app.
 * `own` is what page and worker need before the first query; `later` is what they import while that one is answered, or when it is needed;
 * `texts` are those of error messages, imported after the first query or with the first error;
 * `repair` is imported when storage fails or is damaged; `check` looks for that at each start, while SQLite loads.
 * The mark not to be passed: lower it with what is gained. Both `own` are to stay within 25 KiB.
 */
const BUDGET = {
  'page-own': 25_600,
  'page-later': 21_200,
  'page-texts': 4_400,
  'page-digest': 500,
  'worker-own': 22_500,
  'worker-later': 20_000,
  'worker-texts': 4_450,
  'worker-check': 600,
  'worker-repair': 4_500,
}
const playground = join(import.meta.dirname, '..')

const OURS = /\/@livefold\/(core|sync|web)\/dist\//
const SELDOM = [
  { name: 'worker-check', test: /web\/dist\/opfs-(check|directory)/ },
  {
    name: 'worker-repair',
    test: /opfs-(inspect|repair|mark)|pool-slots|pool-error|write-file|storage-fault|leader\/(repair|check-all)|log-scan/,
  },
]

/** What a page loads when its console asks. */
const CONSOLE = [{ name: 'page-digest', test: /core\/dist\/production\/.*digest/ }]

/** Each part in a file of its own. */
const parts = (side: 'page' | 'worker'): Rolldown.OutputOptions => ({
  codeSplitting: {
    groups: [
      { name: `${side}-glue`, test: /sqlite-wasm/ },
      // Vite's own, once for all imports of an app.
      { name: `${side}-vite`, test: /vite.preload-helper/ },
      { name: `${side}-validation`, test: /valibot/ },
      { name: `${side}-signals`, test: /signals-core|nanoevents/ },
      { name: `${side}-texts`, test: /core\/dist\/production\/base\/(whole-text|texts)/ },
      { name: `${side}-own`, test: OURS, tags: ['$initial'] },
      ...(side === 'worker' ? SELDOM : CONSOLE),
      { name: `${side}-later`, test: OURS },
    ],
  },
})

afterEach(() => {
  vi.unstubAllEnvs()
})

test('page and worker of an app that is built for production stay within their budgets', async () => {
  // Vite's conditions follow it.
  vi.stubEnv('NODE_ENV', 'production')
  const published = join(playground, '../results/published')
  const { plugin, imported } = await publishedPackages(published)
  const built = (await build({
    // Not the playground's own: its pages would be built along with this one, and share its chunks.
    configFile: false,
    root: playground,
    plugins: [plugin],
    define: { SYNC_PORT: '4322' },
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2023',
      modulePreload: { polyfill: false },
      rolldownOptions: { input: join(playground, 'vanilla/index.html'), output: parts('page') },
    },
    worker: { format: 'es', plugins: () => [plugin], rolldownOptions: { output: parts('worker') } },
  })) as Rolldown.RolldownOutput
  // Page and worker, and what web and sync import: one variant of core.
  const core = join(published, 'node_modules/@livefold/core/dist/')
  const entries = [...imported].filter((file) => file.startsWith(core)).map((file) => file.slice(core.length))
  expect(entries.sort()).toEqual(
    ['adapter', 'index', 'leader-parts', 'session-parts'].map((entry) => `production/${entry}.js`),
  )
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
  expect(Object.keys(sizes)).toContain('sqlite3.wasm')
  expect(Object.keys(sizes).filter((name) => /worker1|async-proxy/.test(name))).toEqual([])
})
