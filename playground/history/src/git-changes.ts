import { delimited } from './delimited.ts'
import type { GitCommit } from './git-commits.ts'
import { firstParentLine } from './git-commits.ts'
import { type GitProcess, startGit } from './git-process.ts'
import { encodePath } from './path-encoding.ts'

/** What one commit did to one path. `blob` is the object there now: a file's or symlink's blob, a submodule's commit. */
export type FileChange =
  | { readonly kind: 'added' | 'changed'; readonly path: string; readonly blob: string }
  | { readonly kind: 'removed'; readonly path: string }

export interface GitCommitChanges extends GitCommit {
  readonly changes: readonly FileChange[]
}

/**
 * The commits of the first-parent line that `wanted` picks, oldest first, each with what it changed against the commit
 * before it on the line. A rename is a removal and an addition. A change of mode alone is no change: paths and blobs
 * are what is folded. Holds one commit at a time, and as many headers as fit into git's pipes.
 */
export async function* readChanges(
  directory: string,
  tip: string,
  wanted: (commit: GitCommit) => boolean | 'stop',
): AsyncGenerator<GitCommitChanges> {
  const options = ['--stdin', '--root', '-r', '-z', '--no-renames', '--always', '--ignore-submodules=none']
  const git = startGit(directory, ['diff-tree', ...options])
  const asked: GitCommit[] = []
  const feeding = feed(git, directory, tip, wanted, asked)
  // Awaited below; until then a failure must not count as unhandled.
  feeding.catch(() => {})
  try {
    for await (const { hash, changes } of parseDiffTree(delimited(git.output, 0))) {
      const commit = asked.shift()
      if (commit?.hash !== hash) throw new Error(`git diff-tree answered for ${hash}, expected ${commit?.hash}`)
      yield { ...commit, changes }
    }
    await feeding
    if (asked.length > 0) throw new Error(`git diff-tree ended without an answer for ${asked[0]?.hash}`)
  } finally {
    git.stop()
  }
}

/** Asks diff-tree for each wanted commit; pushes its header to `asked` first. Git's full pipe is what holds it back. */
async function feed(
  git: GitProcess,
  directory: string,
  tip: string,
  wanted: (commit: GitCommit) => boolean | 'stop',
  asked: GitCommit[],
): Promise<void> {
  let before: string | null = null
  try {
    for await (const commit of firstParentLine(directory, tip)) {
      const answer = wanted(commit)
      if (answer === 'stop') break
      if (answer) {
        asked.push(commit)
        // A second hash overrides the parents, so that a merge is compared with its first parent alone.
        await git.write(before === null ? `${commit.hash}\n` : `${commit.hash} ${before}\n`)
      }
      before = commit.hash
    }
  } finally {
    git.end()
  }
}

/**
 * Parses the records of `git diff-tree --stdin --always -r -z`: a hash per commit, then per change
 * `:<old mode> <new mode> <old id> <new id> <status>` and the path.
 */
export async function* parseDiffTree(
  records: AsyncIterable<Buffer>,
): AsyncGenerator<{ hash: string; changes: FileChange[] }> {
  let hash: string | null = null
  let changes: FileChange[] = []
  let header: string | null = null
  for await (const record of records) {
    if (header !== null) {
      const change = parseChange(header, record)
      if (change) changes.push(change)
      header = null
    } else if (record[0] === 0x3a /* : */) {
      header = record.toString('latin1')
    } else {
      if (hash !== null) yield { hash, changes }
      hash = record.toString('latin1')
      changes = []
    }
  }
  if (header !== null) throw new Error(`git diff-tree ended between "${header}" and its path`)
  if (hash !== null) yield { hash, changes }
}

function parseChange(header: string, path: Buffer): FileChange | null {
  const [, , oldId, newId, status] = header.split(' ')
  if (oldId === undefined || newId === undefined) throw new Error(`git diff-tree gave "${header}", which is no change`)
  switch (status) {
    case 'A':
      return { kind: 'added', path: encodePath(path), blob: newId }
    case 'D':
      return { kind: 'removed', path: encodePath(path) }
    case 'M':
    case 'T':
      return oldId === newId ? null : { kind: 'changed', path: encodePath(path), blob: newId }
    default:
      throw new Error(`git diff-tree gave "${header}", a kind of change that is not asked for`)
  }
}
