import { rowsOf } from './edition.ts'

/**
 * Has whoever writes to a result hear of it, where it is written: others read the same rows. For development. Dates and blobs stay as they
 * are: what they hold cannot be frozen.
 */
export function freezeResult(value: unknown): void {
  freeze(rowsOf(value))
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return
  Object.freeze(value)
  if (Array.isArray(value)) for (const item of value) freeze(item)
  else for (const name in value) freeze((value as Readonly<Record<string, unknown>>)[name])
}
