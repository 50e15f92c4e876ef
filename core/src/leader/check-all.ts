import { damageError } from '../eventlog/damage.ts'
import { scanLog } from '../eventlog/log-scan.ts'
import type { StoreFile } from '../eventlog/store-file.ts'
import { EVENT_TABLES } from '../eventlog/tables.ts'

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
