import { digestOf } from './digest.ts'
import { firstParentLine } from './git-commits.ts'
import { readTree } from './git-tree.ts'
import type { HistoryStore } from './open-store.ts'
import { commitRows, tree } from './schema.ts'
import { compareTrees, type TreeComparison } from './tree-comparison.ts'

export interface Verification extends TreeComparison {
  /** The git commit that the store has got to, and that its files were compared with. */
  readonly n: number
  readonly hash: string | null
  /** Commits that are missing in the store, cut short, or others than git's; the first few, one line each. */
  readonly wrongCommits: readonly string[]
  readonly digest: string
  readonly equal: boolean
}

const SHOWN = 10

/** Compares the folded files with git's tree of the last commit folded. Nothing folded counts as unequal. */
export async function verifyHistory(store: HistoryStore, directory: string, tip: string): Promise<Verification> {
  const rows = store.query(commitRows)
  const n = rows.at(-1)?.n ?? 0
  const { wrong, hash } = await checkCommits(rows, n, directory, tip)
  const comparison = await compareTrees(store.query(tree), hash === null ? [] : readTree(directory, hash))
  const equal = wrong.length === 0 && comparison.differences === 0 && comparison.gitRows > 0
  return { ...comparison, n, hash, wrongCommits: wrong.slice(0, SHOWN), digest: digestOf(store), equal }
}

interface CommitRow {
  readonly n: number
  readonly hash: string
  readonly parts: number
  readonly done: number
}

async function checkCommits(rows: readonly CommitRow[], last: number, directory: string, tip: string) {
  const wrong: string[] = []
  let hash: string | null = null
  let at = 0
  let reached = 0
  if (last > 0) {
    for await (const commit of firstParentLine(directory, tip)) {
      const row = rows[at]
      reached = commit.n
      hash = commit.hash
      if (row?.n !== commit.n) wrong.push(`commit ${commit.n} (${commit.hash}) is missing in the store`)
      else {
        at += 1
        if (row.hash !== commit.hash)
          wrong.push(`commit ${commit.n} is ${commit.hash} in git and ${row.hash} in the store`)
        if (row.done !== row.parts) wrong.push(`commit ${commit.n} has ${row.done} of its ${row.parts} parts`)
      }
      if (commit.n === last) break
    }
  }
  if (reached < last) wrong.push(`the store has ${last} commits, git only ${reached}`)
  return { wrong, hash }
}
