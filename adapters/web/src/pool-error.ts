import { messageOf, StoreError } from '@livefold/core/adapter'
import type { StoreNames } from './store-names.ts'

/** Why the pool of a store's files cannot be had. */
export function poolError(thrown: unknown, { storeId }: StoreNames): StoreError {
  const details = { storeId }
  if (thrown instanceof DOMException && thrown.name === 'NoModificationAllowedError') {
    return new StoreError('storage/locked', `The files of store ${storeId} are in use elsewhere; it is tried again.`, {
      details,
      cause: thrown,
      retry: 'restart',
    })
  }
  if (thrown instanceof DOMException && thrown.name === 'QuotaExceededError') {
    return new StoreError(
      'storage/full',
      `Store ${storeId} finds no room: free space for this site; it is tried again.`,
      {
        details,
        cause: thrown,
        retry: 'restart',
      },
    )
  }
  return new StoreError('storage/io', `The files of store ${storeId} cannot be opened: ${messageOf(thrown)}`, {
    details,
    cause: thrown,
    retry: 'restart',
  })
}
