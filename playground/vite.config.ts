import { defaultClientConditions, defineConfig } from 'vite'

// Pages that only tests open.
const testPages = process.env.PLAYGROUND_TESTS
  ? ['old', 'new', 'bare'].map((page) => `browser-tests/pages/${page}.html`)
  : []

export default defineConfig({
  root: import.meta.dirname,
  // In-repo packages by their source.
  resolve: { conditions: ['livefold-source', ...defaultClientConditions] },
  server: {
    host: '127.0.0.1',
    port: Number(process.env.PLAYGROUND_PORT || 4321),
    strictPort: true,
  },
  // Prebundling would part sqlite-wasm from its wasm file.
  optimizeDeps: { exclude: ['@sqlite.org/sqlite-wasm'] },
  // Known when the pages are built: `start.ts` builds them for its own sync server.
  define: { SYNC_PORT: JSON.stringify(process.env.SYNC_PORT || '4322') },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    manifest: true,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: ['index.html', 'vanilla/index.html', ...testPages].map((page) => `${import.meta.dirname}/${page}`),
    },
  },
  appType: 'mpa',
})
