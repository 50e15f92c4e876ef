import { existsSync, readdirSync } from 'node:fs'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import vue from '@vitejs/plugin-vue'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'
import solid from 'vite-plugin-solid'

const root = import.meta.dirname

/** The start page, each folder with an `index.html`, and pages that only tests open. */
function pages(): string[] {
  const folders = readdirSync(root).filter((name) => name !== 'dist' && existsSync(`${root}/${name}/index.html`))
  const tests = process.env.PLAYGROUND_TESTS ? readdirSync(`${root}/browser-tests/pages`) : []
  return [
    'index.html',
    ...folders.map((name) => `${name}/index.html`),
    ...tests.filter((name) => name.endsWith('.html')).map((name) => `browser-tests/pages/${name}`),
  ]
}

const address = { host: '127.0.0.1', port: Number(process.env.PLAYGROUND_PORT || 4321), strictPort: true }

/** A built file has its content's hash in its name: no reload asks for it again. */
const builtFilesStay: Plugin = {
  name: 'built-files-stay',
  configurePreviewServer({ middlewares }) {
    middlewares.use('/assets/', (_, response, next) => {
      response.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
      next()
    })
  },
}

/** SQLite's loader names two workers that nothing here starts: without them a build is faster, and 250 KB smaller. */
const unusedWorkers = (): Plugin => ({
  name: 'unused-sqlite-workers',
  enforce: 'pre',
  apply: 'build',
  transform: {
    filter: { id: /sqlite-wasm\/dist\/index\.mjs/ },
    handler: (code) => code.replace(/new URL\("sqlite3-[\w.-]+js", import\.meta\.url\)/g, "new URL('about:blank')"),
  },
})

export default defineConfig({
  root,
  // Each compiles its own files alone: `.svelte` and `.svelte.ts`, `.vue`, `.tsx` in the folders `solid` and `board`.
  plugins: [
    svelte({ configFile: false }),
    vue(),
    solid({ include: ['**/{solid,board}/**/*.tsx'] }),
    builtFilesStay,
    unusedWorkers(),
  ],
  // In-repo packages by their source.
  resolve: { conditions: ['livefold-source', ...defaultClientConditions] },
  server: address,
  preview: address,
  // Prebundling would part sqlite-wasm from its wasm file, and take the folder `svelte` for the package.
  optimizeDeps: { exclude: ['@sqlite.org/sqlite-wasm', 'svelte'] },
  // Known when the pages are built: `start.ts` builds them for its own sync server.
  define: { SYNC_PORT: JSON.stringify(process.env.SYNC_PORT || '4322') },
  worker: { format: 'es', plugins: () => [unusedWorkers()], rolldownOptions: { checks: { pluginTimings: false } } },
  build: {
    target: 'es2023',
    manifest: true,
    rolldownOptions: { checks: { pluginTimings: false }, input: pages().map((page) => `${root}/${page}`) },
  },
  appType: 'mpa',
})
