import { svelte } from '@sveltejs/vite-plugin-svelte'
import vue from '@vitejs/plugin-vue'
import { playwright } from '@vitest/browser-playwright'
import type { PluginOption } from 'vite'
import solid from 'vite-plugin-solid'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import { findChromium } from '../../scripts/browser-finder.ts'
import { renderPages } from './render-pages.ts'

/** The compilers of all three frameworks; each leaves the others' files alone. */
function frameworks(): PluginOption[] {
  return [
    svelte({ configFile: false, compilerOptions: { dev: true } }),
    vue(),
    solid({ ssr: true, hot: false, include: ['**/solid/**/*.tsx'] }),
  ]
}

/** The project `browser-bindings`: tests of the bindings, and of server rendering of the playground's panes, in Chromium. */
export function bindingsProject(pattern: string): TestProjectInlineConfiguration {
  const include = [`bindings/*/testing/**/${pattern}`, `playground/panes/testing/${pattern}`]
  return {
    extends: false,
    plugins: frameworks(),
    resolve: { conditions: ['livefold-source', 'browser', 'development', 'module', 'import', 'default'] },
    // Found before the first test: a dependency that is met in the middle reloads the page under it.
    optimizeDeps: { exclude: ['@sqlite.org/sqlite-wasm'], entries: include },
    test: {
      name: 'browser-bindings',
      include,
      globalSetup: ['scripts/chromium-setup.ts'],
      testTimeout: 60_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: {
            // Where the global setup puts one, when there is none yet.
            executablePath: findChromium() ?? '/usr/bin/chromium',
            args: [
              '--no-sandbox',
              '--disable-gpu',
              '--disable-quic',
              '--no-first-run',
              '--disable-background-networking',
            ],
          },
        }),
        instances: [{ browser: 'chromium' }],
        commands: { renderPages: renderPages(frameworks) },
      },
    },
  }
}
