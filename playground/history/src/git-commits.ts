import { delimited } from './delimited.ts'
import { askGit, GitError, startGit } from './git-process.ts'

/** A commit of the first-parent line. */
export interface GitCommit {
  /** Place on the line, oldest first: 1, 2, 3 … */
  readonly n: number
  readonly hash: string
  /** The author as a number: the order of first appearance on the line. Says nothing about who it is. */
  readonly author: number
  /** Author date, seconds since 1970; 0 when git has no usable one. */
  readonly time: number
  /** First line of the message, at most 500 characters; bytes that are not UTF-8 become U+FFFD. */
  readonly subject: string
}

const NEWLINE = 0x0a
const MAX_SUBJECT = 500

/** Hash of the commit that `ref` names. Throws `GitError` when there is none. */
export async function resolveCommit(directory: string, ref: string): Promise<string> {
  try {
    return await askGit(directory, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])
  } catch (error) {
    // With --quiet git says nothing about an unknown ref, but all the more about a missing repository.
    if (!(error instanceof GitError) || !error.message.endsWith('it said nothing')) throw error
    throw new GitError(`"${ref}" is not a commit of "${directory}"; name a branch, tag or hash with --ref`)
  }
}

/** Number of commits on the first-parent line of `tip`. */
export async function countCommits(directory: string, tip: string): Promise<number> {
  return Number(await askGit(directory, ['rev-list', '--count', '--first-parent', '--end-of-options', tip]))
}

/** The first-parent line of `tip`, oldest first. Stopping early stops git. */
export async function* firstParentLine(directory: string, tip: string): AsyncGenerator<GitCommit> {
  const format = '--format=%ae%x00%at%x00%s'
  const git = startGit(directory, ['rev-list', '--first-parent', '--reverse', '--encoding=UTF-8', format, tip])
  git.end()
  const authors = new Map<string, number>()
  let n = 0
  let hash: string | null = null
  try {
    // Two lines each: `commit <hash>`, then the format; neither e-mail, time nor subject can hold a newline.
    for await (const line of delimited(git.output, NEWLINE)) {
      if (hash === null) {
        hash = line.toString('latin1').slice('commit '.length)
      } else {
        n += 1
        yield { n, hash, ...parseHeader(line, authors) }
        hash = null
      }
    }
  } finally {
    git.stop()
  }
}

function parseHeader(line: Buffer, authors: Map<string, number>): Pick<GitCommit, 'author' | 'time' | 'subject'> {
  const emailEnd = line.indexOf(0)
  const timeEnd = line.indexOf(0, emailEnd + 1)
  const email = line.toString('latin1', 0, emailEnd)
  const seconds = Number(line.toString('latin1', emailEnd + 1, timeEnd))
  const author = authors.get(email) ?? authors.size + 1
  authors.set(email, author)
  const subject = line.toString('utf8', timeEnd + 1).slice(0, MAX_SUBJECT)
  // The cut may fall between two surrogates, and a lone one is not storable text.
  return { author, time: Number.isSafeInteger(seconds) ? seconds : 0, subject: subject.toWellFormed() }
}
