import { StoreError } from '../base/errors.ts'
import type { Binds } from '../sqlite/driver.ts'

/** Which rows of a result are asked for. The numbers are values of the query, but the one row of a bare `first` is part of its SQL. */
export interface Window {
  readonly first: boolean
  readonly limit: number | null
  readonly offset: number | null
}

export const everything: Window = { first: false, limit: null, offset: null }
export const onlyFirst: Window = { first: true, limit: null, offset: null }

const none: Binds = []

export function windowSql({ first, limit, offset }: Window): string {
  if (offset !== null) return ' limit ? offset ?'
  if (limit !== null) return ' limit ?'
  return first ? ' limit 1' : ''
}

export function windowValues({ first, limit, offset }: Window): Binds {
  if (limit === null && offset === null) return none
  const most = first ? Math.min(limit ?? 1, 1) : (limit ?? -1)
  return offset === null ? [most] : [most, offset]
}

/** A row count. Throws `query/invalid` for anything but 0, 1, 2 … */
export function checkedCount(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw new StoreError('query/invalid', `${what} takes a count of rows (0, 1, 2 …), not ${String(value)}`)
}

/** Whether a direction is descending. Throws `query/invalid` for what is none. */
export function isDescending(direction: unknown): boolean {
  if (direction === 'asc' || direction === 'desc') return direction === 'desc'
  throw new StoreError('query/invalid', `orderBy takes 'asc' or 'desc', not ${String(direction)}`)
}
