import { mkdir, readdir } from 'node:fs/promises'
import { type FixtureOptions, fixtureStream } from './fixture-stream.ts'
import { askGit, startGit } from './git-process.ts'

export const defaultFixture: FixtureOptions = { commits: 2_100, rootFiles: 3_000, seed: 1 }

/**
 * Writes a bare repository with an eventful, made-up history to `directory` (which must be new or empty). The same
 * options give the same commit ids. See `fixtureStream` for what is in it.
 */
export async function createFixture(directory: string, options: Partial<FixtureOptions> = {}): Promise<void> {
  await mkdir(directory, { recursive: true })
  if ((await readdir(directory)).length > 0) throw new Error(`"${directory}" is not empty; name a new directory`)
  await askGit(directory, ['init', '--bare', '--quiet', '--initial-branch=main', '.'])
  const git = startGit(directory, ['fast-import', '--quiet', '--date-format=raw'])
  try {
    let block = ''
    for (const command of fixtureStream({ ...defaultFixture, ...options })) {
      block += command
      if (block.length > 1 << 18) {
        await git.write(block)
        block = ''
      }
    }
    await git.write(block)
    git.end()
    for await (const _ of git.output);
  } finally {
    git.stop()
  }
}
