import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { defineConfig, type UserConfig } from 'tsdown'
import { productionVariant } from './scripts/package-build/production-variant.ts'

type Conditions = { readonly 'livefold-source'?: string; readonly production?: string }

interface Manifest {
  readonly exports: Record<string, string | Conditions>
  readonly bin?: Record<string, string>
}

/**
 * The one build of every package: what `exports` and `bin` name, from source to `dist`. Where `exports` has the condition
 * `production`, a second variant goes to `dist/production` (ADR 011): a file per module, so that an app's bundler leaves out and
 * splits off what it can.
 */
export function packageBuild(directory: string, more: UserConfig = {}): UserConfig[] {
  const manifest = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8')) as Manifest
  const targets = Object.values(manifest.exports).filter((target) => typeof target !== 'string')
  const entryOf = (sources: readonly (string | undefined)[]) =>
    Object.fromEntries(
      sources.filter((source) => source?.startsWith('./src/')).map((source) => [basename(source!, '.ts'), source!]),
    )
  const shared = {
    cwd: directory,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    // `.js` and `.d.ts`: the packages are `"type": "module"` throughout.
    fixedExtension: false,
    tsconfig: `${import.meta.dirname}/tsconfig.json`,
    sourcemap: true,
    // An app must end up with one copy of signals-core and of core: nothing from outside is ever bundled.
    deps: { neverBundle: [/^[^./]/] },
    report: false,
    ...more,
  } satisfies UserConfig
  const whole = defineConfig({
    ...shared,
    entry: entryOf([...targets.map((target) => target['livefold-source']), ...Object.values(manifest.bin ?? {})]),
    dts: { sourcemap: false },
    hooks: {
      // Declarations get no map (the source is not published), so the comment that names one must go.
      'build:done': () => {
        for (const file of globSync(`${directory}/dist/**/*.d.ts`)) {
          writeFileSync(file, readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'))
        }
      },
    },
    plugins: [
      {
        // In the workspace a bin runs the source; what is published asks for no condition of ours.
        name: 'published-shebang',
        renderChunk: (code) =>
          code.startsWith('#!') ? { code: code.replace(/^#!.*/, '#!/usr/bin/env node'), map: null } : null,
      },
    ],
  }) as UserConfig
  const lean = targets.filter((target) => target.production)
  if (lean.length === 0) return [whole]
  const production = defineConfig({
    ...shared,
    entry: entryOf(lean.map((target) => target['livefold-source'])),
    outDir: 'dist/production',
    unbundle: true,
    dts: false,
    plugins: [productionVariant(directory)],
  }) as UserConfig
  return [whole, production]
}
