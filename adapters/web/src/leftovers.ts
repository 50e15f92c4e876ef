import type { UnackedCommit } from '@livefold/core/adapter'

// Commits that sessions leave behind when their pages go, in localStorage: written synchronously, read by the pages that live on.

/** Most that is left for later, in characters of JSON: localStorage holds about 5 million for everything of the origin. */
export const LEFTOVER_LIMIT = 2 * 2 ** 20

/** Keeps as many of the commits as there is room for, the oldest first: a session's events stay in order. */
export function writeLeftovers(key: string, commits: readonly UnackedCommit[]): void {
  const texts: string[] = []
  let size = 2
  for (const commit of commits) {
    const text = JSON.stringify(commit)
    size += text.length + 1
    if (size > LEFTOVER_LIMIT) break
    texts.push(text)
  }
  while (texts.length > 0) {
    try {
      return localStorage.setItem(key, `[${texts.join(',')}]`)
    } catch {
      texts.length = Math.floor(texts.length / 2)
    }
  }
  removeLeftovers(key)
}

export function removeLeftovers(key: string): void {
  try {
    localStorage.removeItem(key)
  } catch {
    // Then nothing was written either.
  }
}
