import { type ErrorDetails, StoreError } from '../base/errors.ts'

/** The file holds what no leader wrote: `what` completes "is damaged: …". */
export function damageError(what: string, details: ErrorDetails = {}): StoreError {
  return new StoreError('storage/corrupt', `The store's file is damaged: ${what}.`, { details })
}
