import { delimited } from './delimited.ts'
import { startGit } from './git-process.ts'
import { encodePath } from './path-encoding.ts'

/** A row of `git ls-tree -r`: submodules are entries too, `blob` is their commit then. */
export interface TreeEntry {
  readonly path: string
  readonly blob: string
}

/** Everything in a commit's tree, in git's order. */
export async function* readTree(directory: string, hash: string): AsyncGenerator<TreeEntry> {
  const git = startGit(directory, ['ls-tree', '-r', '-z', '--full-tree', hash])
  git.end()
  try {
    for await (const record of delimited(git.output, 0)) yield parseTreeEntry(record)
  } finally {
    git.stop()
  }
}

/** Parses `<mode> <type> <id>\t<path>`. */
export function parseTreeEntry(record: Buffer): TreeEntry {
  const tab = record.indexOf(0x09)
  const blob = record.toString('latin1', 0, tab).split(' ')[2]
  if (tab < 0 || blob === undefined) throw new Error(`git ls-tree gave "${record.toString()}", which is no entry`)
  return { path: encodePath(record.subarray(tab + 1)), blob }
}
