import type { Random } from '../base/clock.ts'
import { messageOf, StoreError } from '../base/errors.ts'
import { type LogExtent, scanLog } from '../eventlog/log-scan.ts'
import { Meta, type MetaValues } from '../eventlog/meta.ts'
import { StoreFile } from '../eventlog/store-file.ts'
import { EVENT_TABLES, openLogTables } from '../eventlog/tables.ts'
import { confirmEvent } from '../protocol/event-record.ts'
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
  /** Keeps the damaged file aside, and opens an empty one to take its place. */
  replace(): Promise<Replacement> | Replacement
}

export interface Replacement {
  /** Empty, and nobody's store before `finish`. */
  readonly driver: SqliteDriver
  /** Where the app finds the damaged file. */
  readonly kept: string
  /** An earlier one that was deleted to make room. */
  readonly dropped: string | null
  /** Called when the damaged file is closed: puts the new one in its place, open. */
  finish(): Promise<SqliteDriver> | SqliteDriver
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
 * @throws StoreError `storage/corrupt` then, with the file left as it is.
 */
export async function repairFile(options: RepairOptions): Promise<{ driver: SqliteDriver; error: StoreError }> {
  const { damaged, keeper, synced, cause } = options
  const identity = damaged && readIdentity(damaged)
  const readable = damaged !== null && identity !== null
  const whole = readable && keeper.doubt?.kind !== 'cut' && isWhole(damaged)
  if (!synced && !whole) {
    damaged?.close()
    throw refusal(options)
  }
  const replacement = await keeper.replace()
  const fresh = replacement.driver
  let logs: Logs
  try {
    openLogTables(fresh)
    logs = fresh.transaction(() => carryOver(damaged, new StoreFile(fresh), identity, options))
  } catch (thrown) {
    fresh.close()
    throw thrown
  } finally {
    damaged?.close()
  }
  const driver = await replacement.finish()
  return { driver, error: report(options, replacement, logs, messageOf(cause)) }
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
  { kept, dropped }: Replacement,
  logs: Logs,
  why: string,
): StoreError {
  const confirmed = logs.livefold_eventlog.events
  const pending = logs.livefold_pending.events
  const local = logs.livefold_local_eventlog.events
  const missing = Object.values(logs).flatMap(({ damage }) => damage ?? [])
  return new StoreError(
    'storage/corrupt',
    `The file of store ${storeId} was damaged (${why}). It is kept as ${kept}; a new one has what could be read: ` +
      `${confirmed} confirmed, ${pending} pending and ${local} local events. ` +
      `${synced ? 'The backend has the rest of the confirmed ones; pending' : 'Pending'} and local ones beyond these may be lost.`,
    { cause, details: { storeId, kept, dropped, confirmed, pending, local, missing }, retry: 'restart' },
  )
}
