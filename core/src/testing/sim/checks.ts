import type { Commit, ConfirmedEvent, EventId, EventRecord } from '../../protocol/event-record.ts'
import { eventNumber, splitCommits } from '../../protocol/event-record.ts'
import { digest } from '../../replica/digest.ts'
import type { AnySchema } from '../../schema/schema.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import type { Fold } from './fold.ts'
import { type History, isOf } from './history.ts'
import type { SimClient } from './sim-client.ts'
import type { SimSession } from './sim-session.ts'
import { must } from './violation.ts'

/** What a client's file holds, read by SQL of the oracle's own. */
export interface FileView {
  readonly head: number
  readonly pending: readonly EventRecord[]
  readonly local: readonly EventRecord[]
  readonly rejected: ReadonlySet<EventId>
  /** Those of them that the leader's own fold refused. */
  readonly poison: readonly EventId[]
  readonly quarantined: readonly number[]
}

function eventsOf(
  driver: SqliteDriver,
  table: string,
  place: string,
  after: number,
): (EventRecord & { seq: number })[] {
  const rows = driver
    .prepare(
      `SELECT ${place}, id, name, args, client_id, session_id, parent, at, joined FROM ${table} WHERE ${place} > ? ORDER BY ${place}`,
    )
    .values([after])
  return rows.map(([seq, id, name, args, clientId, sessionId, parent, at, joined]) => ({
    seq: Number(seq),
    id: String(id),
    name: String(name),
    args: JSON.parse(String(args)),
    clientId: String(clientId),
    sessionId: String(sessionId),
    parent: Number(parent),
    at: Number(at),
    ...(joined ? { joined: true as const } : {}),
  }))
}

export function confirmedAfter(driver: SqliteDriver, after: number): ConfirmedEvent[] {
  return eventsOf(driver, 'livefold_eventlog', 'seq', after)
}

export function hasTables(driver: SqliteDriver): boolean {
  return (
    driver.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'livefold_meta'").value() !== undefined &&
    driver.prepare("SELECT 1 FROM livefold_meta WHERE key = 'version'").value() !== undefined
  )
}

export function viewOf(driver: SqliteDriver): FileView {
  return {
    head: Number(driver.prepare('SELECT max(seq) FROM livefold_eventlog').value() ?? 0),
    pending: eventsOf(driver, 'livefold_pending', 'pos', 0),
    local: eventsOf(driver, 'livefold_local_eventlog', 'pos', 0),
    rejected: new Set(
      driver
        .prepare('SELECT id FROM livefold_rejected')
        .values()
        .map(([id]) => String(id)),
    ),
    poison: driver
      .prepare("SELECT id FROM livefold_rejected WHERE error ->> 'code' LIKE 'materializer/%'")
      .values()
      .map(([id]) => String(id)),
    quarantined: driver
      .prepare('SELECT seq FROM livefold_quarantine ORDER BY seq')
      .values()
      .map(([seq]) => Number(seq)),
  }
}

/** Version of the app that the state tables were built for. */
export function versionOf(driver: SqliteDriver): number {
  return Number(driver.prepare("SELECT value FROM livefold_meta WHERE key = 'version'").value())
}

export interface FileCheck {
  readonly who: string
  readonly driver: SqliteDriver
  /** Of `versionOf` the file. */
  readonly schema: AnySchema
  readonly fold: Fold
  readonly log: readonly ConfirmedEvent[]
  readonly history: History
  readonly rule: 'STATE-1' | 'STATE-2'
  /** The state tables are not yet what the log says. */
  readonly behind?: boolean
}

/** The file's own story holds together: its log is the beginning of the global one, its state the fold of its log. */
export function checkFile(check: FileCheck): FileView {
  const { who, driver, fold, log, history } = check
  const view = viewOf(driver)
  const news = confirmedAfter(driver, fold.head)
  for (const [i, event] of news.entries()) {
    must(event.seq === fold.head + 1 + i, 'LOG-1', () => `${who}: seq ${event.seq} follows ${fold.head + i}`)
    const there = log[event.seq - 1]
    must(
      there?.id === event.id,
      'LOG-2',
      () => `${who}: ${event.id} is at ${event.seq}, the backend has ${there?.id} there`,
    )
  }
  must(news.at(-1)?.joined !== true, 'LOG-3', () => `${who}: the log ends within the commit of ${news.at(-1)?.id}`)
  fold.confirm(news)
  fold.local(view.local)
  const seen = new Set<EventId>()
  for (const event of view.pending) {
    const confirmed = driver.prepare('SELECT seq FROM livefold_eventlog WHERE id = ?').value([event.id])
    must(confirmed === undefined, 'LOG-1', () => `${who}: ${event.id} is pending and confirmed at ${confirmed}`)
    must(!view.rejected.has(event.id), 'LOG-1', () => `${who}: ${event.id} is pending and rejected`)
    seen.add(event.id)
  }
  const { commits, rest } = splitCommits(view.pending)
  must(rest.length === 0, 'LOG-3', () => `${who}: pending ends within the commit of ${rest[0]?.id}`)
  checkOrder(who, view.pending, history)
  if (!check.behind) checkState(check, view, commits)
  return view
}

function checkState({ who, driver, schema, fold, rule }: FileCheck, view: FileView, pending: readonly Commit[]): void {
  const wanted = fold.digest(pending)
  const found = digest(driver, schema.syncedTables)
  must(
    found === wanted,
    rule,
    () => `${who}: the state at ${view.head} + ${pending.length} pending is not the fold of the log`,
  )
  const local = digest(driver, schema.localTables)
  must(local === fold.localDigest(), 'STATE-5', () => `${who}: the local tables are not the fold of the local log`)
  const failed = fold.failed.filter((seq) => seq <= view.head)
  must(
    failed.join() === view.quarantined.join(),
    'STATE-1',
    () => `${who}: quarantined are ${view.quarantined.join()}, but ${failed.join()} fail`,
  )
}

/** Each session's events come in the order of their making. */
function checkOrder(who: string, events: readonly EventRecord[], history: History): void {
  const last = new Map<string, EventRecord>()
  for (const event of events) {
    if (history.forgotten(event.id)) continue
    const session = `${history.of(event)?.author} ${event.sessionId}`
    const before = last.get(session)
    if (before) {
      must(
        eventNumber(before.id) < eventNumber(event.id),
        'LOG-4',
        () => `${who}: ${event.id} comes after ${before.id}`,
      )
      must(
        before.parent <= event.parent,
        'LOG-4',
        () => `${who}: the parent of ${event.id} is below that of ${before.id}`,
      )
    }
    last.set(session, event)
  }
}

/** Rule LOG-1: what may have reached the backend is never judged here. */
export function checkPoison(who: string, view: FileView, pushed: ReadonlySet<EventId>): void {
  for (const id of view.poison) must(!pushed.has(id), 'LOG-1', () => `${who}: ${id} was pushed, and rejected as poison`)
}

/** New events of the backend's log, as they come. */
export function checkNews(news: readonly ConfirmedEvent[], seen: Set<EventId>): void {
  for (const event of news) {
    must(!seen.has(event.id), 'LOG-1', () => `${event.id} is in the backend's log twice, again at ${event.seq}`)
    seen.add(event.id)
  }
}

/** The backend's log by itself: once each, whole commits, as they were made. */
export function checkLog(log: readonly ConfirmedEvent[], history: History): void {
  const seen = new Set<EventId>()
  for (const [i, event] of log.entries()) {
    must(event.seq === i + 1, 'LOG-1', () => `the backend has ${event.seq} at ${i + 1}`)
    must(!seen.has(event.id), 'LOG-1', () => `${event.id} is in the backend's log twice`)
    seen.add(event.id)
    const record = history.of(event)
    must(record, 'LOG-4', () => `nobody committed ${event.id}`)
    must(!record.local, 'STATE-5', () => `the local event ${event.id} reached the backend`)
    must(
      !record.rejected,
      'LOG-1',
      () => `${event.id} is in the log and was reported rejected: ${record.rejected?.message}`,
    )
    must(isOf(record, event), 'LOG-4', () => `${event.id} is not as it was committed`)
    const n = eventNumber(event.id) - eventNumber(record.ids[0] as EventId)
    const joined = n < record.ids.length - 1
    must((event.joined ?? false) === joined, 'LOG-3', () => `${event.id} has lost its commit`)
    const next = record.ids[n + 1]
    must(next === undefined || log[i + 1]?.id === next, 'LOG-3', () => `${next} does not follow ${event.id} in the log`)
  }
  checkOrder('backend', log, history)
}

/** What a session was told, it may rely on. */
export function checkAcked(
  who: string,
  client: number,
  view: FileView,
  log: readonly ConfirmedEvent[],
  history: History,
): void {
  const here = new Map([...log.slice(0, view.head), ...view.pending, ...view.local].map((event) => [event.id, event]))
  for (const record of history.commits) {
    if (record.client !== client || !record.acked || record.rejected) continue
    const kept = (id: EventId) => {
      const event = here.get(id)
      return (event && isOf(record, event)) || view.rejected.has(id)
    }
    if (record.orphaned && !record.ids.every(kept)) continue
    // Brought again: from now on it is here to stay.
    record.orphaned = false
    for (const id of record.ids) {
      must(kept(id), 'DUR-1', () => `${who}: ${id} was acked and is nowhere`)
    }
  }
}

/** Longer than any message between a leader and a session takes, virtual ms. */
const HEARD = 10_000

/** A leader whose medium fails says that it waits for it: nothing hangs silently (rule SYNC-2). */
export function checkReported(client: SimClient, sessions: readonly SimSession[], now: number): void {
  const { leader } = client
  if (!leader?.host.isOpen || leader.process.frozen) return
  const { failingSince } = leader.handle
  if (failingSince === null || now - failingSince < HEARD) return
  for (const { process, store, openedAt } of sessions) {
    if (now - openedAt < HEARD) continue
    const waits = store?.status.waits.value ?? []
    must(waits.length > 0, 'SYNC-2', () => `${process.name}: its leader cannot write, and nothing is said of it`)
  }
}

/** A session's reads: whole, in front, its own work in them. */
export function checkReads(
  session: SimSession,
  log: readonly ConfirmedEvent[],
  history: History,
  /** Confirmed commits that have no effect under the session's schema. */
  idle: ReadonlySet<number>,
): void {
  const { store, driver, process } = session
  if (!store) return
  const who = process.name
  const head = store.status.upstreamHead.value
  must(head >= session.head, 'SESS-1', () => `${who}: its head went from ${session.head} to ${head}`)
  session.head = head
  must(head <= log.length, 'SESS-1', () => `${who}: its head is ${head}, the log ends at ${log.length}`)
  const sum = Number(driver.prepare('SELECT coalesce(sum(balance), 0) FROM accounts').value())
  must(sum === 0, 'LOG-3', () => `${who}: half a commit shows, the balances sum up to ${sum}`)
  const shown = new Set(
    driver
      .prepare('SELECT id FROM notes')
      .values()
      .map(([id]) => String(id)),
  )
  for (const event of log) {
    if (event.name !== 'v1.Noted') continue
    const { id } = event.args as { id: string }
    const quarantined = idle.has(commitStart(log, event.seq))
    if (event.seq <= head && !quarantined) {
      must(shown.delete(id), 'SESS-1', () => `${who}: ${event.id} at ${event.seq} does not show at head ${head}`)
    } else if (shown.delete(id)) {
      must(event.seq > head, 'LOG-3', () => `${who}: a part of the quarantined commit of ${event.id} shows`)
      const own = history.of(event)?.client === session.client.index
      must(own, 'SESS-1', () => `${who}: ${event.id} at ${event.seq} shows at head ${head}`)
    }
  }
  for (const record of session.commits) {
    if (record.rejected || record.events.length > 1) continue
    const [event] = record.events
    if (event?.name !== 'v1.Noted') continue
    const { id } = event.args as { id: string }
    const there = shown.delete(id) || driver.prepare('SELECT 1 FROM notes WHERE id = ?').value([id]) !== undefined
    const refetched =
      session.client.losses > 0 && record.confirmed && !log.slice(0, head).some((e) => e.id === record.ids[0])
    must(there || record.rejected || refetched, 'SESS-1', () => `${who}: its own ${record.ids[0]} does not show`)
  }
  for (const id of shown) {
    const author = noteAuthor(history, id)
    must(
      author === session.client.index,
      'SESS-1',
      () => `${who}: ${id} of client ${author} shows and is not in the log`,
    )
  }
}

const noteAuthors = new WeakMap<History, { upTo: number; authors: Map<string, number> }>()

/** The client that made a note. */
function noteAuthor(history: History, note: string): number | undefined {
  const known = noteAuthors.get(history) ?? { upTo: 0, authors: new Map<string, number>() }
  noteAuthors.set(history, known)
  for (; known.upTo < history.commits.length; known.upTo++) {
    const record = history.commits[known.upTo]
    for (const event of record?.events ?? []) {
      if (event.name === 'v1.Noted') known.authors.set((event.args as { id: string }).id, record?.client ?? -1)
    }
  }
  return known.authors.get(note)
}

function commitStart(log: readonly ConfirmedEvent[], seq: number): number {
  let start = seq
  while (log[start - 2]?.joined) start -= 1
  return start
}
