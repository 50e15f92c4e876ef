import { StoreError } from '../base/errors.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import type { LeaderOptions } from './leader-options.ts'

/**
 * Runs `use` on the store's file. Where that finds damage, and the platform can keep the file aside, it runs once more on a new one,
 * with what there is to tell.
 *
 * @throws whatever else `use` throws; the file is closed then.
 */
export async function onSoundFile<T>(
  options: LeaderOptions,
  use: (driver: SqliteDriver, damage: StoreError | null) => Promise<T>,
): Promise<T> {
  const { driver, keeper, storeId, random, sync } = options
  const damaged = driver instanceof StoreError ? null : driver
  try {
    if (driver instanceof StoreError) throw driver
    return await use(driver, null)
  } catch (cause) {
    if (!keeper || !isDamage(cause)) {
      damaged?.close()
      throw cause
    }
    const repaired = await keeper.repair({ storeId, damaged, keeper, synced: sync !== undefined, random, cause })
    try {
      return await use(repaired.driver, repaired.error)
    } catch (thrown) {
      repaired.driver.close()
      throw thrown
    }
  }
}

export function isDamage(thrown: unknown): thrown is StoreError {
  return thrown instanceof StoreError && thrown.code === 'storage/corrupt'
}

/** A changeset met other rows than it was recorded on: someone else wrote to the state tables. */
export function doesNotFit(thrown: unknown): boolean {
  return isDamage(thrown) && thrown.details.conflict !== undefined
}
