import { StoreError } from '../../base/errors.ts'

/** What a call threw; fails when it did not throw. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('It should have thrown')
}

/** The code of the `StoreError` that a call threw, or what else it threw. */
export function codeOf(run: () => unknown): unknown {
  const thrown = thrownBy(run)
  return thrown instanceof StoreError ? thrown.code : thrown
}
