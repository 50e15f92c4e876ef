import { createServer, type Plugin, type PluginOption, type ViteDevServer } from 'vite'
import type { BrowserCommand } from 'vitest/node'

interface Request {
  readonly titles: readonly string[]
}

/** The command by which tests in the browser have pages rendered in this process, by the code of a server. */
export function renderPages(plugins: () => PluginOption[]): BrowserCommand<[folder: string, requests: Request[]]> {
  let starting: Promise<ViteDevServer> | undefined
  const close: Plugin = { name: 'close-with-vitest' }
  return async ({ project }, folder, requests) => {
    starting ??= createServer({
      root: project.config.root,
      configFile: false,
      plugins: [plugins(), close],
      server: { middlewareMode: true, hmr: false, ws: false, watch: null },
      appType: 'custom',
      optimizeDeps: { noDiscovery: true },
      ssr: { resolve: { conditions: ['livefold-source', 'node', 'import', 'default'] } },
      logLevel: 'error',
    })
    const server = await starting
    const module = await server.ssrLoadModule(`/${folder}/testing/server`)
    // At the same time: one process serves many.
    return Promise.all(requests.map((request) => module.renderPage(request)))
  }
}
