import { damageError } from '../eventlog/damage.ts'
import { scanLog } from '../eventlog/log-scan.ts'
import type { StoreFile } from '../eventlog/store-file.ts'
import { EVENT_TABLES } from '../eventlog/tables.ts'

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

/**
 * Reads all of a file: every page, every index, every event. For a file that its last leader did not leave in order.
 *
 * @throws StoreError `storage/corrupt`
 */
export function checkAll(file: StoreFile): void {
  const found = file.driver.prepare('PRAGMA integrity_check(1)').value()
  if (found !== 'ok') throw damageError(String(found))
  for (const table of Object.keys(EVENT_TABLES) as (keyof typeof EVENT_TABLES)[]) {
    const { damage } = scanLog(file.driver, table)
    if (damage !== null) throw damageError(`${table}: ${damage}`)
  }
}
