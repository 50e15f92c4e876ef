import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { defineConfig, type UserConfig } from 'tsdown'

interface Manifest {
  readonly exports: Record<string, string | { readonly 'livefold-source'?: string }>
  readonly bin?: Record<string, string>
}

/** The one build of every package: what `exports` and `bin` name, from source to `dist`. */
export function packageBuild(directory: string): UserConfig {
  const manifest = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8')) as Manifest
  const sources = [...Object.values(manifest.exports), ...Object.values(manifest.bin ?? {})]
    .map((target) => (typeof target === 'string' ? target : target['livefold-source']))
    .filter((source) => source?.startsWith('./src/'))
  return defineConfig({
    cwd: directory,
    entry: Object.fromEntries(sources.map((source) => [basename(source!, '.ts'), source!])),
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    // `.js` and `.d.ts`: the packages are `"type": "module"` throughout.
    fixedExtension: false,
    tsconfig: `${import.meta.dirname}/tsconfig.json`,
    dts: { sourcemap: false },
    sourcemap: true,
    // An app must end up with one copy of signals-core and of core: nothing from outside is ever bundled.
    deps: { neverBundle: [/^[^./]/] },
    report: false,
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
}
