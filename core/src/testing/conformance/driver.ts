import type { SqliteDriver } from '../../sqlite/driver.ts'
import { driverChanges } from './driver-changes.ts'
import { driverErrors } from './driver-errors.ts'
import { driverHook } from './driver-hook.ts'
import { driverStatements } from './driver-statements.ts'
import { driverValues } from './driver-values.ts'
import type { TestApi } from './test-api.ts'

/**
 * What every `SqliteDriver` must do, as tests.
 *
 * @param name shown in the test names
 * @param open gives a new driver on an empty database; the suite closes it
 * @param api the test runner's functions
 * @example
 * import { describe, expect, it } from 'vitest'
 * driverConformance('node:sqlite', () => openNodeDriver(':memory:'), { describe, it, expect })
 */
export function driverConformance(name: string, open: () => SqliteDriver, api: TestApi): void {
  const withDriver: WithDriver = (title, run) =>
    api.it(title, () => {
      const driver = open()
      try {
        run(driver)
      } finally {
        driver.close()
      }
    })
  const suite: DriverSuite = { withDriver, expect: api.expect }
  api.describe(`SqliteDriver: ${name}`, () => {
    api.describe('values', () => driverValues(suite))
    api.describe('statements', () => driverStatements(suite))
    api.describe('errors', () => driverErrors(suite))
    api.describe('changesets and images', () => driverChanges(suite))
    api.describe('hook', () => driverHook(suite))
  })
}

/** A test on a driver of its own. */
export type WithDriver = (title: string, run: (driver: SqliteDriver) => void) => void

export interface DriverSuite {
  readonly withDriver: WithDriver
  readonly expect: TestApi['expect']
}
