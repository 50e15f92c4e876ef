import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { runCommand } from './run-command.ts'
import { manifestOf, packageFolders, root } from './workspace.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Package name → absolute path of its tarball, as it would be published. */
    tarballs: Record<string, string>
  }
}

const PNPM = 'pnpm@12.21.0'

/** Builds every public package and packs it, once for all tests of the project. */
export default async function packPackages(project: TestProject): Promise<void> {
  const target = join(root, 'results/packed')
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  const tarballs: Record<string, string> = {}
  for (const folder of packageFolders) {
    const cwd = join(root, folder)
    rmSync(join(cwd, 'dist'), { recursive: true, force: true })
    await runCommand(join(root, 'node_modules/.bin/tsdown'), ['--logLevel', 'warn'], { cwd })
    await runCommand('npx', ['-y', PNPM, 'pack', '--pack-destination', target], { cwd })
    const { name, version } = manifestOf(folder)
    const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
    if (!readdirSync(target).includes(file)) throw new Error(`pnpm pack of ${name} made no ${file}`)
    tarballs[name] = join(target, file)
  }
  project.provide('tarballs', tarballs)
}
