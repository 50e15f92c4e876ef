import * as leaderParts from '../../leader-parts.ts'
import type { AnySchema } from '../../schema/schema.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import { openMemory } from '../../testing/open-wasm.ts'
import { type Booted, type BootOptions, bootFile } from '../boot.ts'
import { LeaderState } from '../leader-state.ts'

let ids = 0

/** Boots a file as a leader does, with nothing to wait for. */
export function boot(driver: SqliteDriver, schema: AnySchema, options: Partial<BootOptions> = {}): Promise<Booted> {
  const random = { id: () => `id-${++ids}`, next: () => 0 }
  return bootFile({
    driver,
    schema,
    openMemory,
    parts: leaderParts,
    random,
    progress: () => {},
    pause: () => Promise.resolve(),
    ...options,
  })
}

/** A leader's state on a file that was booted for this schema. */
export function loadState(
  driver: SqliteDriver,
  schema: AnySchema,
  { epoch, logOnly }: Booted,
  synced = true,
): LeaderState {
  return new LeaderState({ driver, schema, epoch, logOnly, synced, pushed: new Set() })
}
