import { type Binds, fitsInt64, wrongBind, wrongBindCount } from '@livefold/core/adapter'

type NodeBind = null | number | bigint | string | Uint8Array

/**
 * Binds as `node:sqlite` must get them: it binds every JavaScript number as a real, so integral ones go as bigint.
 *
 * @throws StoreError `query/invalid` for a wrong count or a value that SQLite has no type for
 */
export function nodeBinds(binds: Binds, parameters: number, sql: string): NodeBind[] {
  if (binds.length !== parameters) throw wrongBindCount(binds.length, parameters, sql)
  const given: NodeBind[] = []
  for (let index = 0; index < parameters; index++) {
    const value = binds[index]
    if (typeof value === 'string' || value === null || value instanceof Uint8Array) given.push(value)
    else if (typeof value === 'number' && !Number.isNaN(value)) {
      given.push(Number.isSafeInteger(value) ? BigInt(value) : value)
    } else if (typeof value === 'bigint' && fitsInt64(value)) given.push(value)
    else throw wrongBind(value, index, sql)
  }
  return given
}
