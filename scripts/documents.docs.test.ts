import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow, root } from './workspace.ts'

const texts = [
  ...['README', 'ARCHITECTURE', 'CONTRIBUTING', 'SECURITY'].map((name) => `${name}.md`),
  ...['core', 'adapters', 'bindings', 'playground', 'benchmarks', 'docs'].flatMap((folder) =>
    filesBelow(folder, (path) => path.endsWith('.md')),
  ),
]
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const prose = (text: string) => text.replace(/```[\s\S]*?```/g, '')

/** Names of a text's headings in links, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  const titles = [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!)
  return titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test('relative links lead to files and headings that are there', () => {
  const broken = texts.flatMap((file) =>
    [...prose(read(file)).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].flatMap(([, link]) => {
      const [path, anchor] = link!.split('#') as [string, string?]
      const target = path === '' ? file : relative(root, join(root, dirname(file), path))
      if (!existsSync(join(root, target))) return [`${file}: ${link} is not there`]
      return anchor === undefined || anchorsOf(read(target)).includes(anchor) ? [] : [`${file}: ${link} has no heading`]
    }),
  )
  expect(texts.length).toBeGreaterThan(30)
  expect(broken).toEqual([])
})

test('the guide to errors has each code', () => {
  const rows = read('docs/guides/errors.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const told = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([a-z]+\/[a-z-]+)`/g)].map(([, code]) => code))
  const codes = [...read('core/src/base/error-codes.ts').matchAll(/^ {2}'([a-z]+\/[a-z-]+)',$/gm)].map(
    ([, code]) => code,
  )
  expect(codes.length).toBeGreaterThan(20)
  expect(told).toEqual(codes)
})
