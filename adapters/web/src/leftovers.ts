import type { UnackedCommit } from '@livefold/core/adapter'

/** Most that is left for later, in characters of JSON: localStorage holds about 5 million for everything of the origin. */
export const LEFTOVER_LIMIT = 2 * 2 ** 20

/** Commits that sessions left behind when their pages went, in localStorage: written synchronously, read by the pages that live on. */
export class Leftovers {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** Keys of what is there, oldest line names first; empty where there is no localStorage. */
  keys(): string[] {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(this.#prefix))
        .sort()
    } catch {
      return []
    }
  }

  key(line: string): string {
    return this.#prefix + line
  }

  /**
   * Keeps as many of the commits as there is room for, the oldest first: a session's events stay in order.
   *
   * @returns whether all of them are kept.
   */
  write(line: string, commits: readonly UnackedCommit[]): boolean {
    const texts: string[] = []
    let size = 2
    for (const commit of commits) {
      const text = JSON.stringify(commit)
      size += text.length + 1
      if (size > LEFTOVER_LIMIT) break
      texts.push(text)
    }
    for (;;) {
      try {
        if (texts.length === 0) this.remove(this.key(line))
        else localStorage.setItem(this.key(line), `[${texts.join(',')}]`)
        return texts.length === commits.length
      } catch {
        if (texts.length === 0) return false
        texts.length = Math.floor(texts.length / 2)
      }
    }
  }

  remove(key: string): void {
    try {
      localStorage.removeItem(key)
    } catch {
      // Then nothing was written either.
    }
  }
}
