import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** Folders of the packages that are published, core first. */
export const packageFolders = [
  'core',
  'adapters/memory',
  'adapters/node',
  'adapters/sync',
  'adapters/server',
  'adapters/web',
  'bindings/svelte',
  'bindings/vue',
  'bindings/solid',
] as const

type Conditions = Readonly<Record<string, string>>

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, string | Conditions>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

/** `[specifier, source file]` of every entry that is code, such as `['@livefold/core/adapter', …/adapter.ts]`. */
export function entriesOf(folder: string): [specifier: string, source: string][] {
  const { name, exports } = manifestOf(folder)
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string' ? [] : [[name + path.slice(1), join(root, folder, target['livefold-source']!)]],
  )
}

/** Files below `folder` (relative to the root) that `keep` accepts; never what is installed or built. */
export function filesBelow(folder: string, keep: (path: string) => boolean): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      return ['node_modules', 'dist', '.git', 'results'].includes(entry.name) ? [] : filesBelow(path, keep)
    }
    return keep(path) ? [path] : []
  })
}
