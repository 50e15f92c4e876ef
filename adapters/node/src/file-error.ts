import { messageOf, StoreError } from '@livefold/core/adapter'

const NO_ROOM = ['ENOSPC', 'EDQUOT']

/** What `node:fs` threw at a store's file, as a `StoreError`; other errors pass unchanged. */
export function fileError(thrown: unknown, path: string): unknown {
  const { code, syscall } = thrown as Partial<NodeJS.ErrnoException>
  if (!(thrown instanceof Error) || !code || !syscall) return thrown
  const options = { cause: thrown, details: { path }, retry: 'backoff' } as const
  if (NO_ROOM.includes(code)) {
    return new StoreError('storage/full', `There is no room for ${path}: free space on its disk.`, options)
  }
  return new StoreError('storage/io', `${path} cannot be written: ${messageOf(thrown)}`, options)
}
