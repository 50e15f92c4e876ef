import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { gzipSync } from 'node:zlib'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { build } from 'tsdown'
import ts from 'typescript'
import { expect, inject, test } from 'vitest'
import { runCommand } from './run-command.ts'
import sizeBudgets from './size-budgets.json' with { type: 'json' }
import { filesOfTarball } from './tarball.ts'
import { type Manifest, manifestOf, packageFolders, root } from './workspace.ts'

const budgets: Readonly<Record<string, number>> = sizeBudgets
const tarballs = inject('tarballs')

const packages = packageFolders.map((folder) => {
  const { name } = manifestOf(folder)
  return [name, folder] as const
})

const filesOf = (name: string) => filesOfTarball(readFileSync(tarballs[name]!))
const packedManifest = (name: string) => JSON.parse(filesOf(name).get('package.json')!.toString('utf8')) as Manifest

test.each(packages)('%s: the tarball holds dist, README and LICENSE, and no source or test', (name) => {
  const paths = [...filesOf(name).keys()]
  expect(paths).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']),
  )
  const strays = paths.filter(
    (path) => !/^(LICENSE|README\.md|package\.json|dist\/[\w./-]+\.(js|js\.map|d\.ts))$/.test(path),
  )
  expect(strays).toEqual([])
})

test.each(packages)(
  '%s: published exports are those of the workspace without the source condition, types first',
  (name, folder) => {
    const workspace = manifestOf(folder)
    const published = packedManifest(name)
    const files = filesOf(name)
    expect(Object.keys(published.exports)).toEqual(Object.keys(workspace.exports))
    for (const [path, target] of Object.entries(published.exports)) {
      const source = workspace.exports[path]!
      if (typeof target === 'string' || typeof source === 'string') {
        expect(target).toBe(source)
        continue
      }
      const { 'livefold-source': _, ...rest } = source
      expect(target).toEqual(rest)
      expect(Object.keys(target)[0]).toBe('types')
      for (const file of Object.values(target))
        expect(files.has(file.slice(2)), `${path} → ${file} is packed`).toBe(true)
    }
    for (const file of Object.values(published.bin ?? {})) {
      expect(files.get(file.replace(/^\.\//, ''))?.toString('utf8').split('\n')[0]).toBe('#!/usr/bin/env node')
    }
  },
)

test.each(packages)('%s: no dependency is bundled, none is missing from package.json', (name) => {
  const { dependencies = {}, peerDependencies = {} } = packedManifest(name)
  const declared = Object.keys({ ...dependencies, ...peerDependencies })
  expect(Object.values(dependencies).filter((range) => range.startsWith('workspace:'))).toEqual([])
  const imported = new Set<string>()
  for (const [path, body] of filesOf(name)) {
    const text = body.toString('utf8')
    if (path.endsWith('.map')) {
      const { sources } = JSON.parse(text) as { sources: string[] }
      expect(sources.filter((source) => !posix.join(posix.dirname(path), source).startsWith('src/'))).toEqual([])
    } else if (/\.(js|d\.ts)$/.test(path)) {
      for (const { fileName } of ts.preProcessFile(text).importedFiles)
        if (!fileName.startsWith('.')) imported.add(fileName)
    }
  }
  const packagesOf = [...imported].filter(
    (specifier) => !specifier.startsWith('node:') && specifier !== name && !specifier.startsWith(`${name}/`),
  )
  const missing = packagesOf.filter(
    (specifier) => !declared.some((each) => specifier === each || specifier.startsWith(`${each}/`)),
  )
  expect(missing).toEqual([])
})

test.each(packages)('%s: the production variant is whole, and knows nothing of the other', (name) => {
  const files = filesOf(name)
  const targets = Object.values(packedManifest(name).exports).filter((target) => typeof target !== 'string')
  const lean = targets.flatMap(({ production }) => (production === undefined ? [] : [production]))
  const paths = [...files.keys()].filter((path) => path.startsWith('dist/production/'))
  // An entry without it would bring its modules a second time.
  expect(lean).toHaveLength(paths.length === 0 ? 0 : targets.length)
  expect(lean).toEqual(
    lean.length === 0 ? [] : targets.map((target) => target.default!.replace('dist/', 'dist/production/')),
  )
  for (const path of paths.filter((each) => each.endsWith('.js'))) {
    const { importedFiles } = ts.preProcessFile(files.get(path)!.toString('utf8'))
    for (const { fileName } of importedFiles.filter((each) => each.fileName.startsWith('.'))) {
      const target = posix.join(posix.dirname(path), fileName)
      expect(target, `${path} imports`).toMatch(/^dist\/production\//)
      expect(files.has(target), `${path} imports ${target}, which is packed`).toBe(true)
    }
  }
})

test.each(packages)('%s: publint has nothing to say', async (name) => {
  const bytes = readFileSync(tarballs[name]!)
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true, level: 'warning' })
  expect(messages.map((message) => formatMessage(message, pkg!))).toEqual([])
})

test.each(packages)('%s: are the types wrong? no', async (name) => {
  const attw = join(root, 'node_modules/.bin/attw')
  await runCommand(attw, [
    tarballs[name]!,
    '--profile',
    'esm-only',
    '--no-definitely-typed',
    '--no-emoji',
    '--no-color',
  ])
})

test.each(packages)(
  '%s: its main entry as a bundler takes it for production, minified and gzipped without dependencies, stays within budget',
  async (name, folder) => {
    const outDir = join(root, 'results/sizes', folder)
    const { production, default: whole } = packedManifest(name).exports['.'] as Readonly<Record<string, string>>
    await build({
      config: false,
      cwd: join(root, folder),
      entry: { index: production ?? whole! },
      outDir,
      platform: 'neutral',
      minify: true,
      dts: false,
      fixedExtension: false,
      deps: { neverBundle: [/^[^./]/] },
      logLevel: 'silent',
    })
    const { length } = gzipSync(readFileSync(join(outDir, 'index.js')), { level: 9 })
    expect(length).toBeLessThanOrEqual(budgets[name]!)
  },
)
