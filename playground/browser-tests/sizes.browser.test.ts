import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { expect, test } from 'vitest'
import { report } from './report.ts'

/** Own code as the browser gets it, gzip, bytes: without SQLite's wasm and glue. */
const BUDGET = 25 * 1024
const playground = join(import.meta.dirname, '..')

/** The size of a build's JavaScript beside SQLite's glue, whole and without what the app itself brings. */
test('page and worker stay within their budgets', async () => {
  const built = (await build({
    configFile: join(playground, 'vite.config.ts'),
    logLevel: 'silent',
    build: {
      write: false,
      rolldownOptions: {
        input: join(playground, 'vanilla/index.html'),
        output: {
          codeSplitting: {
            groups: [
              { name: 'glue', test: /sqlite-wasm/ },
              { name: 'validation', test: /valibot/ },
              { name: 'app', test: /playground[\\/]vanilla/ },
              { name: 'livefold', test: /./ },
            ],
          },
        },
      },
    },
    worker: {
      format: 'es',
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [
              { name: 'worker-glue', test: /sqlite-wasm/ },
              { name: 'worker-validation', test: /valibot/ },
              { name: 'worker-livefold', test: /./ },
            ],
          },
        },
      },
    },
  })) as Rolldown.RolldownOutput
  const sizes: Record<string, number> = {}
  for (const file of built.output) {
    if (!file.fileName.endsWith('.js')) continue
    const code = file.type === 'chunk' ? file.code : file.source
    sizes[file.fileName.replace(/^assets\//, '').replace(/-[\w-]{8}\.js$/, '')] = gzipSync(code, { level: 9 }).length
  }
  report('sizes-gzip-bytes', sizes)
  expect(sizes.livefold).toBeLessThanOrEqual(BUDGET)
  expect(sizes['worker-livefold']).toBeLessThanOrEqual(BUDGET)
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
