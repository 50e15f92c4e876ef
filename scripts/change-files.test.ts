import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { manifestOf, packageFolders, root } from './workspace.ts'

const folder = join(root, '.changeset')
const names = packageFolders.map((each) => manifestOf(each).name)
const changes = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md')

test('all packages have one version', () => {
  expect(new Set(packageFolders.map((each) => manifestOf(each).version)).size).toBe(1)
})

test.each(changes)('the change file %s names packages, the kind of change, and says what changed', (file) => {
  const parts = /^---\n((?:'[^']+': (?:patch|minor|major)\n)+)---\n\n(\S[\s\S]+)$/.exec(
    readFileSync(join(folder, file), 'utf8'),
  )
  expect(parts, 'front matter in the form of changesets, then text').not.toBeNull()
  const named = [...parts![1]!.matchAll(/'([^']+)'/g)].map((match) => match[1]!)
  expect(named.filter((name) => !names.includes(name))).toEqual([])
})
