import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'tsdown'
import { productionVariant } from '../../scripts/package-build/production-variant.ts'

const root = join(import.meta.dirname, '../..')

export interface PackageSize {
  readonly name: string
  /** Its main entry as a bundler takes it for production, minified and gzipped, without what it depends on. */
  readonly bytes: number
  readonly budget: number
}

/** Sizes of the published packages, built from source as `scripts/tarballs.package.test.ts` builds them from `dist`. */
export async function packageSizes(): Promise<PackageSize[]> {
  const budgets: Record<string, number> = JSON.parse(readFileSync(join(root, 'scripts/size-budgets.json'), 'utf8'))
  const sizes: PackageSize[] = []
  for (const [name, budget] of Object.entries(budgets)) sizes.push({ name, bytes: await sizeOf(name), budget })
  return sizes
}

async function sizeOf(name: string): Promise<number> {
  const short = name.replace('@livefold/', '')
  const folder = ['core', `adapters/${short}`, `bindings/${short}`].find((each) => manifestIn(each)?.name === name)
  if (folder === undefined)
    throw new Error(`scripts/size-budgets.json names ${name}, which is in no folder of packages`)
  const cwd = join(root, folder)
  const outDir = join(root, `results/bench-size-${short}`)
  await build({
    config: false,
    cwd,
    entry: { index: './src/index.ts' },
    outDir,
    platform: 'neutral',
    minify: true,
    dts: false,
    fixedExtension: false,
    deps: { neverBundle: [/^[^./]/] },
    logLevel: 'silent',
    plugins: manifestIn(folder)?.exports['.']?.production ? [productionVariant(cwd)] : [],
  })
  const { length } = gzipSync(readFileSync(join(outDir, 'index.js')), { level: 9 })
  rmSync(outDir, { recursive: true })
  return length
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, { readonly production?: string }>>
}

function manifestIn(folder: string): Manifest | undefined {
  const file = join(root, folder, 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}
