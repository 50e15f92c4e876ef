import { StoreError } from '../../base/errors.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'

/** A driver on a medium that can fail. */
export interface FailingDriver extends SqliteDriver {
  /** The call that counts this down to 0 fails; null: none does. */
  failIn: number | null
}

export function failingDriver(driver: SqliteDriver): FailingDriver {
  const count = (): void => {
    if (failing.failIn === null) return
    failing.failIn -= 1
    if (failing.failIn >= 0) return
    failing.failIn = null
    throw new StoreError('storage/io', 'the medium failed, as the test wanted')
  }
  const failing: FailingDriver = {
    failIn: null,
    feed: driver.feed,
    exec(sql) {
      count()
      driver.exec(sql)
    },
    prepare(sql, access) {
      count()
      return driver.prepare(sql, access)
    },
    transaction: (run) =>
      driver.transaction(() => {
        const result = run()
        count()
        return result
      }),
    watch: (listener) => driver.watch(listener),
    record(tables) {
      count()
      return driver.record(tables)
    },
    apply(changeset) {
      count()
      driver.apply(changeset)
    },
    invert: (changeset) => driver.invert(changeset),
    serialize: (schema) => driver.serialize(schema),
    deserialize: (bytes, schema) => driver.deserialize(bytes, schema),
    close: () => driver.close(),
  }
  return failing
}
