import { defineConfig } from 'vitest/config'
import { bindingsProject } from './bindings/testing/vitest-project.ts'
import { LongestFirst } from './scripts/longest-first.ts'

// One suffix per kind of test; `vitest run --project sim core/src/testing` runs a part of one.
const kinds = {
  sim: '*.sim.test.ts',
  e2e: '*.e2e.test.ts',
  packages: '*.package.test.ts',
  docs: '*.docs.test.ts',
  browser: '*.browser.test.ts',
  bindings: '*.bindings.test.{ts,tsx}',
}
const homes = '{core,adapters/*,bindings/*,playground,benchmarks,scripts}'
const never = ['**/node_modules/**', '**/dist/**']
const conditions = ['livefold-source', 'node', 'import', 'default']

const browserTimes = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 10_000 } } }
/** Files that run in Firefox as well, more of them with `FIREFOX=all`; the others speak Chromium's own protocol, or are about what is built. */
const FIREFOX = [
  ...['delete', 'kill', 'private', 'profiles', 'reload', 'tabs', 'versions'],
  ...(process.env.FIREFOX === 'all' ? ['auth', 'boot', 'damage', 'todomvc', 'network'] : []),
]

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: ['livefold-source', 'node'] } },
  resolve: { conditions },
  test: {
    // Two cores: more workers only take each other's time.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // Worker threads and child processes of a test find the in-repo packages by their source as well.
    execArgv: ['--conditions=livefold-source'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [`${homes}/**/*.test.ts`],
          exclude: [...never, ...Object.values(kinds).map((suffix) => `**/${suffix}`)],
          // A process and SQLite's wasm for each of 150 files took 40 % of the time. What a file leaves behind, the next one meets.
          isolate: false,
          // No test asserts on time; a loaded machine must not fail one either.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'sim',
          include: [`${homes}/**/${kinds.sim}`],
          exclude: never,
          // Node loads the sources itself, as a user's does: Vite's rewritten imports take an eighth longer in each world.
          experimental: { viteModuleRunner: false },
          testTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: [`${homes}/**/${kinds.e2e}`],
          exclude: never,
          globalSetup: ['scripts/compile-cache.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'packages',
          include: [`scripts/${kinds.packages}`],
          exclude: never,
          globalSetup: ['scripts/pack-packages.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [`playground/browser-tests/${kinds.browser}`],
          exclude: [...never, '**/private.browser.test.ts'],
          globalSetup: ['playground/browser-tests/playground-process.ts'],
          ...browserTimes,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser-firefox',
          include: FIREFOX.map((file) => `playground/browser-tests/${file}.browser.test.ts`),
          globalSetup: ['playground/browser-tests/playground-process.ts'],
          ...browserTimes,
        },
      },
      bindingsProject('browser-bindings', kinds.bindings, 'chromium'),
      bindingsProject('firefox-bindings', kinds.bindings, 'firefox'),
      {
        extends: true,
        test: { name: 'docs', include: [`scripts/${kinds.docs}`], exclude: never, testTimeout: 180_000 },
      },
    ],
  },
})
