import type { AnySchema } from '../../schema/schema.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import { Fold } from './fold.ts'

/** The oracle's folds: of each file, by version of the app. Made when first asked for. */
export class Folds {
  readonly #openMemory: () => SqliteDriver
  readonly #folds = new Map<string, Fold>()

  constructor(openMemory: () => SqliteDriver) {
    this.#openMemory = openMemory
  }

  of(file: string, schema: AnySchema): Fold {
    const key = `${file}/${schema.version}`
    const fold = this.#folds.get(key) ?? new Fold(this.#openMemory(), schema)
    this.#folds.set(key, fold)
    return fold
  }

  /** The file is gone. */
  forget(file: string): void {
    for (const [key, fold] of this.#folds) {
      if (!key.startsWith(`${file}/`)) continue
      fold.close()
      this.#folds.delete(key)
    }
  }

  close(): void {
    for (const fold of this.#folds.values()) fold.close()
    this.#folds.clear()
  }
}
