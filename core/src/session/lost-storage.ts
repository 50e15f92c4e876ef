import { StoreError } from '../base/errors.ts'

/** Reads have gone back: rule SESS-1 wants it said. */
export function lostStorage(before: number, now: number): StoreError {
  return new StoreError(
    'storage/corrupt',
    `The leader's database was replaced or set back: the state went from event ${before} back to ${now}. ` +
      'What this session had not seen confirmed is sent again.',
    { details: { before, now } },
  )
}
