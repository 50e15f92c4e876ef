import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createFixture } from './fixture.ts'
import { countCommits, resolveCommit } from './git-commits.ts'
import { GitError } from './git-process.ts'

export interface DemoRepository {
  readonly directory: string
  readonly tip: string
  readonly commits: number
  /** For the reader. */
  readonly title: string
}

const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * The repository whose history is folded: `wanted` if given, else the one that this file is in, else (no repository,
 * or one without commits) a generated one, kept at `fixture`.
 */
export async function demoRepository(wanted: string | undefined, fixture: string): Promise<DemoRepository> {
  if (wanted) return describe(wanted, wanted)
  try {
    return await describe(here, 'this repository')
  } catch (error) {
    if (!(error instanceof GitError)) throw error
  }
  if (!existsSync(fixture)) {
    // Under another name until it is whole: a start that was cut leaves nothing half made.
    const draft = `${fixture}.new`
    await rm(draft, { recursive: true, force: true })
    await createFixture(draft)
    await rename(draft, fixture)
  }
  return describe(fixture, 'a generated repository')
}

async function describe(directory: string, title: string): Promise<DemoRepository> {
  const tip = await resolveCommit(directory, 'HEAD')
  const commits = await countCommits(directory, tip)
  return { directory, tip, commits, title: `${title}: ${commits} commits to ${tip.slice(0, 12)}` }
}
