import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Directories on the repository's own disk: a temporary file system may be in memory, where being durable costs nothing. */
export class BenchDirectory {
  readonly #root: string

  constructor(results: string) {
    mkdirSync(results, { recursive: true })
    this.#root = mkdtempSync(join(results, 'bench-data-'))
  }

  fresh(): string {
    return mkdtempSync(join(this.#root, 'row-'))
  }

  /** Removes all of them. */
  remove(): void {
    rmSync(this.#root, { recursive: true, force: true })
  }
}
