import type { Random } from '../base/clock.ts'
import { messageOf, StoreError } from '../base/errors.ts'
import { type LogExtent, scanLog } from '../eventlog/log-scan.ts'
import { Meta, type MetaValues } from '../eventlog/meta.ts'
import { StoreFile } from '../eventlog/store-file.ts'
import { EVENT_TABLES, openLogTables } from '../eventlog/tables.ts'
import { confirmEvent } from '../protocol/confirm-event.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import type { checkAll } from './check-all.ts'

/** Why a file is not taken as it is. */
export interface Doubt {
  readonly why: string
  /** `unclean`: its last leader did not close it, so all of it is checked; `damaged`: it has changed since; `cut`: its end is missing. */
  readonly kind: 'unclean' | 'damaged' | 'cut'
}

/** What a platform does for a file that may be damaged. */
export interface FileKeeper {
  /** Null for a file that is as its last leader left it. */
  readonly doubt: Doubt | null
  /** Core's `checkAll` (where there is a doubt) and `repairFile`: handed in, so that a platform carries them when it needs them. */
  readonly check: typeof checkAll | null
  readonly repair: typeof repairFile
  /** Keeps the damaged file aside, and opens an empty one to take its place. Leaves nothing of its own when it throws. */
  replace(): Promise<Replacement> | Replacement
}

export interface Replacement {
  /** Empty, and nobody's store before `finish`. */
  readonly driver: SqliteDriver
  /** Where the app finds the damaged file. */
  readonly kept: string
  /**
   * Called when the damaged file is closed: puts the new one in its place. From here on it is not given up: what is not done now
   * is done when the store is opened next.
   */
  finish(): Promise<Replaced> | Replaced
  /** Called instead when it cannot be filled: takes it away, and what was kept. */
  abandon(): Promise<void> | void
}

export interface Replaced {
  /** On the new file, in its place. */
  readonly driver: SqliteDriver
  /** Kept earlier, and deleted now that there are too many. */
  readonly dropped: readonly string[]
}

export interface RepairOptions {
  readonly storeId: string
  /** Open; closed here. Null when it could not even be opened. */
  readonly damaged: SqliteDriver | null
  readonly keeper: FileKeeper
  readonly synced: boolean
  readonly random: Random
  readonly cause: unknown
}

type Logs = Record<keyof typeof EVENT_TABLES, LogExtent>

const noLogs = (why: string): Logs => ({
  livefold_eventlog: { events: 0, damage: why },
  livefold_pending: { events: 0, damage: why },
  livefold_local_eventlog: { events: 0, damage: why },
})

/**
 * Puts a new file in the place of a damaged one, which is kept aside. What can be read of the logs is carried over, each event by its
 * checksum; the state is folded anew from them. With a backend the rest of the confirmed log is pulled.
 *
 * Without one a log that is not whole is refused: what was confirmed at a `seq` would change (rule LOG-2), and by nobody's choice.
 *
 * @throws StoreError `storage/corrupt` then, with the file left as it is; `storage/full`, `storage/io` where it cannot be replaced now
 */
export async function repairFile(options: RepairOptions): Promise<{ driver: SqliteDriver; error: StoreError }> {
  const { damaged, keeper, synced } = options
  const identity = damaged && readIdentity(damaged)
  const readable = damaged !== null && identity !== null
  const whole = readable && keeper.doubt?.kind !== 'cut' && isWhole(damaged)
  if (!synced && !whole) {
    damaged?.close()
    throw refusal(options)
  }
  try {
    const { replacement, logs } = await fill(damaged, identity, options)
    const { driver, dropped } = await replacement.finish()
    return { driver, error: report(options, replacement.kept, dropped, logs) }
  } catch (thrown) {
    throw notNow(options, thrown)
  }
}

/** Makes the file that is to take the place of the damaged one, which is closed whatever happens. */
async function fill(
  damaged: SqliteDriver | null,
  identity: Partial<MetaValues> | null,
  options: RepairOptions,
): Promise<{ replacement: Replacement; logs: Logs }> {
  let replacement: Replacement | null = null
  try {
    replacement = await options.keeper.replace()
    const fresh = replacement.driver
    openLogTables(fresh)
    const logs = fresh.transaction(() => carryOver(damaged, new StoreFile(fresh), identity, options))
    writeThrough(fresh)
    return { replacement, logs }
  } catch (thrown) {
    await replacement?.abandon()
    throw thrown
  } finally {
    damaged?.close()
  }
}

/** Closing a file says nothing of a write-ahead log that found no room in it, and what is in there does not come along. */
function writeThrough(driver: SqliteDriver): void {
  const [[busy] = []] = driver.prepare('PRAGMA wal_checkpoint(TRUNCATE)').values()
  if (busy === 0) return
  throw new StoreError('storage/locked', 'A new file is in use elsewhere: its write-ahead log cannot be emptied.', {
    retry: 'backoff',
  })
}

/**
 * Whether a new file was filled before its worker or process was ended. What is filled is written in one transaction, and names the
 * database; afterwards all of it is in the file itself.
 *
 * @throws StoreError where that cannot be told or done now: it may be the only file that is whole.
 */
export function isFilled(open: () => SqliteDriver): boolean {
  let driver: SqliteDriver | null = null
  try {
    driver = open()
    const tables = driver.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'livefold_meta'`)
    if (tables.value() !== 1) return false
    if (driver.prepare(`SELECT 1 FROM livefold_meta WHERE key = 'dbId'`).value() !== 1) return false
    writeThrough(driver)
    return true
  } catch (thrown) {
    if (thrown instanceof StoreError && thrown.code === 'storage/corrupt') return false
    throw thrown
  } finally {
    driver?.close()
  }
}

/** What failed for want of room, or in passing, is tried again. */
function notNow({ storeId }: RepairOptions, thrown: unknown): unknown {
  if (!(thrown instanceof StoreError) || thrown.retry === 'no') return thrown
  return new StoreError(
    thrown.code,
    `The damaged file of store ${storeId} could not be replaced yet; it is tried again. ${thrown.message}`,
    { cause: thrown, details: { ...thrown.details, storeId }, retry: 'restart' },
  )
}

/** Every event that was written is there: of the tables' pages nothing is wrong, whatever their indexes look like. */
function isWhole(driver: SqliteDriver): boolean {
  const sound = (table: keyof Logs) => {
    try {
      const found = driver.prepare(`PRAGMA integrity_check(${table})`).values()
      return found.every(([text]) => text === 'ok' || String(text).includes(`index ${table}_id`))
    } catch {
      return false
    }
  }
  return (Object.keys(EVENT_TABLES) as (keyof Logs)[]).every(
    (table) => sound(table) && scanLog(driver, table).damage === null,
  )
}

/** What the store is known by; null where that cannot be trusted. */
function readIdentity(driver: SqliteDriver): Partial<MetaValues> | null {
  try {
    const meta = new Meta(driver)
    meta.check()
    const keys = ['clientId', 'backendId', 'version', 'epoch'] as const
    return Object.fromEntries(keys.map((key) => [key, meta.get(key)]))
  } catch {
    return null
  }
}

function carryOver(
  damaged: SqliteDriver | null,
  file: StoreFile,
  identity: Partial<MetaValues> | null,
  { random, cause }: RepairOptions,
): Logs {
  const { meta } = file
  if (identity) {
    const { clientId, backendId, epoch } = identity
    if (clientId !== undefined) meta.set('clientId', clientId)
    if (backendId !== undefined) meta.set('backendId', backendId)
    if (Number.isSafeInteger(epoch)) meta.set('epoch', epoch as number)
  }
  meta.set('dbId', random.id())
  // No schema has this hash: the state is folded from what is carried over.
  meta.set('schemaHash', '')
  meta.set('version', identity?.version ?? 0)
  if (damaged === null) return noLogs(messageOf(cause))
  const logs: Logs = {
    livefold_eventlog: scanLog(damaged, 'livefold_eventlog', (commit, from) =>
      file.eventlog.append(commit.map((event, i) => confirmEvent(event, from + i))),
    ),
    livefold_pending: scanLog(damaged, 'livefold_pending', (commit) => {
      if (!commit.some(({ id }) => file.pending.has(id) || file.eventlog.find(id))) file.pending.append(commit)
    }),
    livefold_local_eventlog: scanLog(damaged, 'livefold_local_eventlog', (commit) => file.local.append(commit)),
  }
  try {
    file.verdicts.restore(new StoreFile(damaged).verdicts.rejectedRows())
  } catch {
    // They were told when they were new; a pending commit is judged again.
  }
  return logs
}

function refusal({ storeId, cause, keeper }: RepairOptions): StoreError {
  return new StoreError(
    'storage/corrupt',
    `The file of store ${storeId} is damaged (${messageOf(cause)}), and without \`sync\` there is nowhere to get what is lost from. ` +
      'It is left as it is: restore it from a backup, open the store with its `sync`, or give it up with deleteStore.',
    { cause, details: { storeId, why: keeper.doubt?.why ?? messageOf(cause) } },
  )
}

function report(
  { storeId, cause, synced }: RepairOptions,
  kept: string,
  dropped: readonly string[],
  logs: Logs,
): StoreError {
  const confirmed = logs.livefold_eventlog.events
  const pending = logs.livefold_pending.events
  const local = logs.livefold_local_eventlog.events
  const missing = Object.values(logs).flatMap(({ damage }) => damage ?? [])
  return new StoreError(
    'storage/corrupt',
    `The file of store ${storeId} was damaged (${messageOf(cause)}). It is kept as ${kept}; a new one has what could be read: ` +
      `${confirmed} confirmed, ${pending} pending and ${local} local events. ` +
      `${synced ? 'The backend has the rest of the confirmed ones; pending' : 'Pending'} and local ones beyond these may be lost.`,
    { cause, details: { storeId, kept, dropped, confirmed, pending, local, missing }, retry: 'restart' },
  )
}
