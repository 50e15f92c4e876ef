import { svelte } from '@sveltejs/vite-plugin-svelte'
import vue from '@vitejs/plugin-vue'
import { playwright } from '@vitest/browser-playwright'
import type { PluginOption } from 'vite'
import solid from 'vite-plugin-solid'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import { CHROMIUM_FLAGS, findChromium, findFirefox } from '../../scripts/browser-finder.ts'
import { renderPages } from './render-pages.ts'

/** The compilers of all three frameworks; each leaves the others' files alone. */
function frameworks(): PluginOption[] {
  return [
    svelte({ configFile: false, compilerOptions: { dev: true } }),
    vue(),
    solid({ ssr: true, hot: false, include: ['**/solid/**/*.tsx'] }),
  ]
}

/** How each browser is started; in Chromium's place the global setup puts one, when there is none yet. */
const launch = {
  chromium: { executablePath: findChromium() ?? '/usr/bin/chromium', args: [...CHROMIUM_FLAGS] },
  firefox: { executablePath: findFirefox() ?? '/usr/bin/firefox-esr', channel: 'moz-firefox' },
}

/** Tests of the bindings, and of server rendering of the playground's panes, in a browser. */
export function bindingsProject(
  name: string,
  pattern: string,
  browser: keyof typeof launch,
): TestProjectInlineConfiguration {
  const include = [`bindings/*/testing/**/${pattern}`, `playground/panes/testing/${pattern}`]
  return {
    extends: false,
    plugins: frameworks(),
    resolve: { conditions: ['livefold-source', 'browser', 'development', 'module', 'import', 'default'] },
    // Found before the first test: a dependency that is met in the middle reloads the page under it.
    optimizeDeps: { exclude: ['@sqlite.org/sqlite-wasm'], entries: include },
    test: {
      name,
      include,
      globalSetup: browser === 'chromium' ? ['scripts/chromium-setup.ts'] : [],
      testTimeout: 60_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: launch[browser] }),
        instances: [{ browser }],
        commands: { renderPages: renderPages(frameworks) },
      },
    },
  }
}
