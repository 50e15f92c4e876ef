import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStore } from '@livefold/core'
import { nodeAdapter } from '@livefold/node'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commitEvents, type ImportEvent } from './commit-events.ts'
import { digestOf } from './digest.ts'
import type { FileChange, GitCommitChanges } from './git-changes.ts'
import { schema, tree } from './schema.ts'

const paths = ['a', 'b', 'a/b', 'c%FF']
const idOf = (n: number) => n.toString(16).padStart(40, '0')

/** A history over few paths: what each commit adds, changes or removes fits the tree before it. */
const history = fc
  .array(fc.array(fc.tuple(fc.constantFrom(...paths), fc.boolean()), { maxLength: 4 }), { minLength: 1, maxLength: 8 })
  .map((steps) => {
    const folded = new Map<string, string>()
    const commits = steps.map((step, i): GitCommitChanges => {
      const n = i + 1
      const changes: FileChange[] = []
      for (const [path, keep] of new Map(step)) {
        if (keep) changes.push({ kind: folded.has(path) ? 'changed' : 'added', path, blob: idOf(n) })
        else if (folded.has(path)) changes.push({ kind: 'removed', path })
        if (keep) folded.set(path, idOf(n))
        else folded.delete(path)
      }
      return { n, hash: idOf(n), author: 1, time: n, subject: `Commit ${n}`, changes }
    })
    return { commits, folded }
  })

async function fold(parts: readonly ImportEvent[][]): Promise<{ digest: string; files: [string, string][] }> {
  const directory = await mkdtemp(join(tmpdir(), 'livefold-fold-'))
  const store = await createStore({ schema, storeId: 'fold', adapter: nodeAdapter({ directory }) })
  try {
    for (const events of parts) store.commit(...events)
    return { digest: digestOf(store), files: store.query(tree).map(({ path, blob }) => [path, blob]) }
  } finally {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  }
}

test('any order of the store commits folds to the same tree, the one that git has at the end', async () => {
  const shuffled = history.chain(({ commits, folded }) => {
    // Two events a part: git commits are cut as much as can be.
    const parts = commits.flatMap((commit) => commitEvents(commit, { events: 2, bytes: 1_000_000 }))
    return fc.record({
      parts: fc.constant(parts),
      folded: fc.constant(folded),
      order: fc.shuffledSubarray(parts, { minLength: parts.length }),
    })
  })
  await fc.assert(
    fc.asyncProperty(shuffled, async ({ parts, folded, order }) => {
      const inOrder = await fold(parts)
      expect(Object.fromEntries(inOrder.files)).toEqual(Object.fromEntries(folded))
      expect(await fold(order)).toEqual(inOrder)
    }),
    { numRuns: 25 },
  )
})
