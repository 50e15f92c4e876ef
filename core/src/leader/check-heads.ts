import { damageError } from '../eventlog/damage.ts'
import type { StoreFile } from '../eventlog/store-file.ts'

/**
 * What costs next to nothing: that the heads fit each other.
 *
 * @throws StoreError `storage/corrupt`
 */
export function checkHeads({ meta, eventlog, local }: StoreFile): void {
  meta.check()
  const damaged = meta.get('damaged')
  if (damaged !== undefined) throw damageError(String(damaged))
  const wanted = { base: eventlog.head, localApplied: local.head, epoch: Number.MAX_SAFE_INTEGER } as const
  for (const key of ['base', 'localApplied', 'epoch'] as const) {
    const value: unknown = meta.get(key) ?? 0
    if (!Number.isSafeInteger(value) || Number(value) < 0 || Number(value) > wanted[key]) {
      throw damageError(`${key} is ${value}, and cannot be above ${wanted[key]}`)
    }
  }
}
