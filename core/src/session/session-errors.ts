import { messageOf, StoreError, type StoreErrorCode } from '../base/errors.ts'

/** What was thrown, as an error that tells `what` failed. */
export function asStoreError(thrown: unknown, code: StoreErrorCode, what: string): StoreError {
  return thrown instanceof StoreError
    ? thrown
    : new StoreError(code, `${what}: ${messageOf(thrown)}`, { cause: thrown })
}
