import { defaultClientConditions, defineConfig } from 'vite'

const sync = `http://127.0.0.1:${process.env.SYNC_PORT || 4322}`

// Pages that only tests open.
const testPages = process.env.PLAYGROUND_TESTS ? ['browser-tests/pages/old.html', 'browser-tests/pages/new.html'] : []

export default defineConfig({
  root: import.meta.dirname,
  // In-repo packages by their source.
  resolve: { conditions: ['livefold-source', ...defaultClientConditions] },
  // The pages reach the sync server at their own address, whatever its port.
  server: {
    host: '127.0.0.1',
    port: Number(process.env.PLAYGROUND_PORT || 4321),
    strictPort: true,
    proxy: { '/sync': { target: sync, ws: true } },
  },
  // Prebundling would part sqlite-wasm from its wasm file.
  optimizeDeps: { exclude: ['@sqlite.org/sqlite-wasm'] },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    manifest: true,
    rolldownOptions: {
      input: ['index.html', 'vanilla/index.html', ...testPages].map((page) => `${import.meta.dirname}/${page}`),
    },
  },
  appType: 'mpa',
})
