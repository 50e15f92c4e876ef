import type { TreeEntry } from './git-tree.ts'

export interface TreeComparison {
  readonly storeRows: number
  readonly gitRows: number
  readonly differences: number
  /** The first few differences, one line each. */
  readonly first: readonly string[]
}

const SHOWN = 10

/** Compares two lists of `(path, blob)` row by row, whatever their order. */
export async function compareTrees(
  store: Iterable<TreeEntry>,
  git: AsyncIterable<TreeEntry> | Iterable<TreeEntry>,
): Promise<TreeComparison> {
  const left = new Map<string, string>()
  let storeRows = 0
  let gitRows = 0
  let differences = 0
  const first: string[] = []
  const report = (line: string) => {
    differences += 1
    if (first.length < SHOWN) first.push(line)
  }
  for (const { path, blob } of store) {
    storeRows += 1
    if (left.has(path)) report(`${quoted(path)} is twice in the store`)
    left.set(path, blob)
  }
  for await (const { path, blob } of git) {
    gitRows += 1
    const folded = left.get(path)
    if (folded === undefined) report(`${quoted(path)} is ${blob} in git and missing in the store`)
    else if (folded !== blob) report(`${quoted(path)} is ${blob} in git and ${folded} in the store`)
    left.delete(path)
  }
  for (const [path, blob] of left) report(`${quoted(path)} is ${blob} in the store and missing in git`)
  return { storeRows, gitRows, differences, first }
}

/** Control characters of a path must not reach the terminal. */
function quoted(path: string): string {
  return JSON.stringify(path).replace(/[\u007f-\u009f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
