import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type UserConfig } from 'tsdown'
import type { Plugin } from 'vite'
import { manifestOf, root } from '../../scripts/workspace.ts'

/** The packages that reach a browser, without the bindings. */
const FOLDERS = ['core', 'adapters/sync', 'adapters/web']

/**
 * Builds them into `folder` as they are published for production. The plugin has an app of the workspace import them from there, by
 * the conditions of its bundler; `imported` tells which files those were.
 */
export async function publishedPackages(folder: string): Promise<{ plugin: Plugin; imported: ReadonlySet<string> }> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const app = join(folder, 'app.js')
  writeFileSync(app, '')
  await Promise.all(FOLDERS.map((each) => publish(each, folder)))
  const names = new Map(FOLDERS.map((each) => [manifestOf(each).name, each]))
  const imported = new Set<string>()
  const plugin: Plugin = {
    name: 'published-packages',
    enforce: 'pre',
    async resolveId(id, importer, options) {
      const name = id.split('/', 2).join('/')
      if (names.has(name)) {
        const found = await this.resolve(id, app, { ...options, skipSelf: true })
        imported.add(found?.id ?? id)
        return found
      }
      // What a published package depends on is where the workspace has it.
      const [, from] = [...names].find(([each]) => importer?.startsWith(join(folder, 'node_modules', each, '/'))) ?? []
      if (from === undefined || /^[./\0]/.test(id)) return null
      return this.resolve(id, join(root, from, 'package.json'), { ...options, skipSelf: true })
    },
  }
  return { plugin, imported }
}

async function publish(path: string, folder: string): Promise<void> {
  const source = join(root, path)
  const { publishConfig, ...manifest } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  const target = join(folder, 'node_modules', manifest.name)
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, 'package.json'), JSON.stringify({ ...manifest, exports: publishConfig.exports }))
  const { default: variants } = (await import(join(source, 'tsdown.config.ts'))) as { default: UserConfig[] }
  const { outDir = 'dist', ...variant } = variants.at(-1)!
  // No declarations, which take most of a build's time, and nothing that is done to them.
  const lean = { dts: false, sourcemap: false, hooks: {}, config: false, logLevel: 'error' } as const
  await build({ ...variant, ...lean, outDir: join(target, outDir) })
}
