import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFixture } from './fixture.ts'
import { type FileChange, type GitCommitChanges, parseDiffTree, readChanges } from './git-changes.ts'
import { countCommits, firstParentLine, resolveCommit } from './git-commits.ts'
import { GitError } from './git-process.ts'
import { parseTreeEntry, readTree } from './git-tree.ts'

const commits = 700
let root: string
let repository: string
let tip: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'livefold-history-'))
  repository = join(root, 'fixture.git')
  await createFixture(repository, { commits, rootFiles: 300 })
  tip = await resolveCommit(repository, 'main')
})
afterAll(() => rm(root, { recursive: true, force: true }))

function git(...args: string[]): string {
  return execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 })
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of source) all.push(one)
  return all
}

function fold(tree: Map<string, string>, changes: readonly FileChange[]): void {
  for (const change of changes) {
    if (change.kind === 'removed') expect(tree.delete(change.path)).toBe(true)
    else {
      expect(tree.has(change.path)).toBe(change.kind === 'changed')
      tree.set(change.path, change.blob)
    }
  }
}

describe('the fixture', () => {
  test('is the same for the same options', async () => {
    const again = join(root, 'again.git')
    await createFixture(again, { commits, rootFiles: 300 })
    expect(await resolveCommit(again, 'main')).toBe(tip)
  })

  test('has what it promises', () => {
    expect(git('rev-list', '--count', '--first-parent', 'main').trim()).toBe(String(commits))
    expect(Number(git('rev-list', '--count', '--min-parents=2', 'main'))).toBeGreaterThan(30)
    expect(Number(git('rev-list', '--count', '--min-parents=3', 'main'))).toBeGreaterThan(10)
    const raw = git('log', '--first-parent', '-m', '--raw', '-M', '--format=', 'main')
    expect(raw).toMatch(/ R100\t/)
    expect(raw).toMatch(/^:100644 100755 (\w+) \1 M\t/m)
    expect(raw).toMatch(/^:100644 120000 (\w+) \1 T\t/m)
    expect(raw).toMatch(/^:160000 160000 /m)
    expect(raw).toMatch(/ D\tswap\/place\n/)
    expect(raw).toMatch(/ A\tswap\/place\/two\/deep\n/)
    expect(git('fsck', '--strict', '--no-dangling')).toBe('')
  })

  test('the default one has 2,000 commits, and a root of 3,000 files', async () => {
    const whole = join(root, 'whole.git')
    await createFixture(whole)
    const head = await resolveCommit(whole, 'main')
    expect(await countCommits(whole, head)).toBeGreaterThanOrEqual(2_000)
    const [first] = await collect(readChanges(whole, head, ({ n }) => (n > 1 ? 'stop' : true)))
    expect(first?.changes.length).toBe(3_000)
  })
})

describe('reading a history', () => {
  test('the changes, folded, are the tree of every commit asked for', async () => {
    const tree = new Map<string, string>()
    for await (const commit of readChanges(repository, tip, () => true)) {
      fold(tree, commit.changes)
      if (commit.n % 50 !== 0) continue
      const entries = await collect(readTree(repository, commit.hash))
      expect(Object.fromEntries(tree)).toEqual(Object.fromEntries(entries.map((entry) => [entry.path, entry.blob])))
    }
    expect(tree.size).toBeGreaterThan(300)
  })

  test('commits come oldest first, with numbers for authors and no e-mail', async () => {
    const line = await collect(firstParentLine(repository, tip))
    const hashes = git('rev-list', '--first-parent', '--reverse', 'main').trim().split('\n')
    expect(line.map((commit) => commit.hash)).toEqual(hashes)
    expect(line.map((commit) => commit.n)).toEqual(hashes.map((_, i) => i + 1))
    expect(new Set(line.map((commit) => commit.author))).toEqual(new Set(Array.from({ length: 17 }, (_, i) => i + 1)))
    expect(JSON.stringify(line)).not.toContain('@')
    expect(line.some((commit) => commit.subject.includes('ünïcödé ✓'))).toBe(true)
  })

  test('picking commits does not change what each of them did', async () => {
    const all = await collect(readChanges(repository, tip, () => true))
    const odd = await collect(readChanges(repository, tip, ({ n }) => n % 2 === 1))
    const even = await collect(readChanges(repository, tip, ({ n }) => n % 2 === 0))
    const byNumber = (a: GitCommitChanges, b: GitCommitChanges) => a.n - b.n
    expect([...odd, ...even].sort(byNumber)).toEqual(all)
  })

  test('stops where it is told to', async () => {
    const some = await collect(readChanges(repository, tip, ({ n }) => (n > 5 ? 'stop' : true)))
    expect(some.map((commit) => commit.n)).toEqual([1, 2, 3, 4, 5])
  })

  test('an error of the picker reaches the reader', async () => {
    const pick = () => {
      throw new Error('another history')
    }
    await expect(collect(readChanges(repository, tip, pick))).rejects.toThrow('another history')
  })

  test('a reader that leaves early stops git', async () => {
    for await (const commit of readChanges(repository, tip, () => true)) {
      if (commit.n === 3) break
    }
  })

  test('neither the configuration nor the .gitmodules of a work tree changes what is read', async () => {
    const checkout = join(root, 'checkout')
    git('clone', '--quiet', '--no-local', repository, checkout)
    for (const setting of ['diff.renames=copies', 'diff.ignoreSubmodules=all', 'log.showSignature=true']) {
      git('-C', checkout, 'config', ...setting.split('='))
    }
    const all = await collect(readChanges(repository, tip, () => true))
    expect(await collect(readChanges(checkout, tip, () => true))).toEqual(all)
    expect(await collect(readChanges(join(checkout, '.git'), tip, () => true))).toEqual(all)
  })
})

describe('what git cannot do is said', () => {
  test.each(['nowhere', '--help', ''])('unknown ref %j', async (ref) => {
    await expect(resolveCommit(repository, ref)).rejects.toThrow(GitError)
  })

  test('no repository', async () => {
    await expect(resolveCommit(root, 'HEAD')).rejects.toThrow(/not a git repository/)
    await expect(resolveCommit(join(root, 'none'), 'HEAD')).rejects.toThrow(GitError)
  })

  test('a missing commit in the middle of a stream', async () => {
    await expect(collect(firstParentLine(repository, 'f'.repeat(40)))).rejects.toThrow(GitError)
    await expect(collect(readTree(repository, 'f'.repeat(40)))).rejects.toThrow(GitError)
  })
})

describe('parsing', () => {
  async function* records(...texts: string[]) {
    for (const text of texts) yield Buffer.from(text, 'latin1')
  }
  const zero = '0'.repeat(40)
  const a = 'a'.repeat(40)
  const b = 'b'.repeat(40)

  test('changes of every kind; a mode alone is none; a path may look like a record', async () => {
    const all = records(
      'c1',
      `:000000 100644 ${zero} ${a} A`,
      ':100644 strange',
      `:100644 100755 ${a} ${a} M`,
      'mode',
      `:100644 120000 ${a} ${b} T`,
      'type',
      'c2',
      'c3',
      `:100644 000000 ${a} ${zero} D`,
      'gone\n\xff',
    )
    expect(await collect(parseDiffTree(all))).toEqual([
      {
        hash: 'c1',
        changes: [
          { kind: 'added', path: ':100644 strange', blob: a },
          { kind: 'changed', path: 'type', blob: b },
        ],
      },
      { hash: 'c2', changes: [] },
      { hash: 'c3', changes: [{ kind: 'removed', path: 'gone\n%FF' }] },
    ])
  })

  test.each([
    [[`:000000 100644 ${zero} ${a} A`], 'and its path'],
    [[`:100644 100644 ${a} ${b} R100`, 'p'], 'not asked for'],
    [[':100644', 'p'], 'no change'],
  ])('%j is refused', async (texts, message) => {
    await expect(collect(parseDiffTree(records('c1', ...texts)))).rejects.toThrow(message)
  })

  test('tree entries', () => {
    expect(parseTreeEntry(Buffer.from(`160000 commit ${a}\ta\tb`))).toEqual({ path: 'a\tb', blob: a })
    expect(() => parseTreeEntry(Buffer.from('nonsense'))).toThrow('no entry')
  })
})
