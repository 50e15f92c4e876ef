import { defaultClientConditions, defineConfig } from 'vite'

// Without these a page's clock has steps of 0.1 ms.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export default defineConfig({
  root: import.meta.dirname,
  // In-repo packages by their source.
  resolve: { conditions: ['livefold-source', ...defaultClientConditions] },
  worker: { format: 'es', rolldownOptions: { checks: { pluginTimings: false } } },
  build: {
    target: 'es2023',
    outDir: '../../results/bench-page',
    emptyOutDir: true,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: ['index.html', 'echo.html'].map((page) => `${import.meta.dirname}/${page}`),
    },
  },
  preview: { host: '127.0.0.1', port: 0, headers },
  appType: 'mpa',
})
