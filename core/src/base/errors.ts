import type { StoreErrorCode } from './error-codes.ts'
import { awaitTexts, messageFor } from './late-text.ts'

export type { StoreErrorCode }

/** What a caller may do: nothing, rebase and push again, wait and try again, or start the part again. */
export type Retry = 'no' | 'rebase' | 'backoff' | 'restart'

export type ErrorDetails = Readonly<Record<string, unknown>>

/** A `StoreError` as plain data, so that code and details survive channels and wires. */
export interface StoreErrorData {
  readonly code: StoreErrorCode
  readonly message: string
  readonly details: ErrorDetails
  readonly retry: Retry
}

/**
 * The one error class of Livefold; branch on `code`.
 *
 * @example
 * receipt.confirmed.catch((error) => {
 *   if (error instanceof StoreError && error.code === 'sync/rejected') showWhy(error.message)
 * })
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode
  readonly details: ErrorDetails
  readonly retry: Retry

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { details?: ErrorDetails; retry?: Retry; cause?: unknown } = {},
  ) {
    super(messageFor(code, message), options.cause === undefined ? undefined : { cause: options.cause })
    awaitTexts(this)
    this.code = code
    this.details = options.details ?? {}
    this.retry = options.retry ?? 'no'
  }

  toJSON(): StoreErrorData {
    return { code: this.code, message: this.message, details: this.details, retry: this.retry }
  }

  static from(data: StoreErrorData): StoreError {
    return new StoreError(data.code, data.message, { details: data.details, retry: data.retry })
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message
  try {
    return String(thrown)
  } catch {
    // An object without toString; it must not turn the handling of one error into another.
    return 'a value that has no text'
  }
}
