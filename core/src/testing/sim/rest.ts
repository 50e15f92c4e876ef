import type { AnySchema } from '../../schema/schema.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import { digestOf } from '../../store/digest-of.ts'
import { checkAcked, checkFile, checkLog, checkPoison, checkReads, hasTables, versionOf } from './checks.ts'
import { Fold } from './fold.ts'
import { isOf } from './history.ts'
import { schemaOf } from './sim-schema.ts'
import type { SimSession } from './sim-session.ts'
import { must } from './violation.ts'
import type { World } from './world.ts'

/** Everything is confirmed or rejected, everywhere. Leaders and sessions that are missing are started. */
export function isAtRest(world: World): boolean {
  const head = world.log.length
  const livingOf = world.clients.map((client) => {
    client.lead()
    const living = world.sessions.filter(
      (session) => session.client === client && session.process.alive && !session.closing,
    )
    if (living.length === 0) world.openSession(client)
    return living
  })
  for (const [i, client] of world.clients.entries()) {
    const living = livingOf[i] ?? []
    if (living.length === 0) return false
    const { connection } = client.disk
    if (!hasTables(connection)) return false
    if (Number(connection.prepare('SELECT count(*) FROM livefold_pending').value()) > 0) return false
    if (Number(connection.prepare('SELECT max(seq) FROM livefold_eventlog').value() ?? 0) !== head) return false
    for (const session of living) {
      const { store } = session
      if (!store || !session.whole) return false
      if (store.status.pending.value > 0 || store.status.upstreamHead.value !== head) return false
      if (store.status.connection.value !== 'online') return false
      if (session.commits.some((record) => !record.confirmed && !record.rejected)) return false
    }
  }
  return true
}

/** What there still is to do, for the message of a world that does not come to rest. */
export function whatIsOpen(world: World): string {
  const lines = world.clients.map(({ index, disk, leader }) => {
    const count = (sql: string) => Number(disk.connection.prepare(sql).value() ?? 0)
    const file = hasTables(disk.connection)
      ? `head ${count('SELECT max(seq) FROM livefold_eventlog')}, ${count('SELECT count(*) FROM livefold_pending')} pending`
      : 'no tables'
    return `client ${index} has ${leader ? 'a' : 'no'} leader, ${file}`
  })
  const tabs = world.sessions
    .filter((session) => session.process.alive)
    .map(({ process, store, commits }) => {
      if (!store) return `${process.name} is not open`
      const { status } = store
      const open = commits.filter((record) => !record.confirmed && !record.rejected).map((record) => record.ids[0])
      return `${process.name}: head ${status.upstreamHead.value}, pending ${status.pending.value}, ${status.connection.value}, waits ${JSON.stringify(status.waits.value)}, error ${status.error.value?.message}, open ${open.join()}`
    })
  return [`the backend is at ${world.log.length}`, ...lines, ...tabs].join('\n  ')
}

/** With nothing under way all must be equal: the backend's log, every file, every session. */
export function checkAtRest(world: World, truth: (schema: AnySchema) => Fold, openMemory: () => SqliteDriver): void {
  const { log, history } = world
  checkLog(log, history)
  for (const client of world.clients) {
    const { connection } = client.disk
    const schema = schemaOf(versionOf(connection))
    const full = new Fold(openMemory(), schema)
    try {
      const who = `client ${client.index}`
      const { behind } = client
      const check = { who, driver: connection, schema, fold: full, log, history, rule: 'STATE-1' as const, behind }
      const view = checkFile(check)
      checkAcked(`client ${client.index}`, client.index, view, log, history)
      checkPoison(`client ${client.index}`, view, world.network.pushedBy(client.index))
      must(
        view.head === log.length && view.pending.length === 0,
        'SYNC-1',
        () => `client ${client.index} is not at the head`,
      )
      const confirmed = new Set(log.map((event) => event.id))
      for (const id of view.rejected) {
        const twice = confirmed.has(id) && !history.shared(id)
        must(!twice, 'LOG-1', () => `${id} is in the log, and rejected at client ${client.index}`)
      }
      for (const session of world.ready(client)) checkSessionAtRest(world, session, truth(session.schema), full)
    } finally {
      full.close()
    }
  }
  const there = new Map(log.map((event) => [event.id, event]))
  for (const record of history.commits) {
    if (record.local || !record.confirmed) continue
    for (const id of record.ids) {
      const event = there.get(id)
      must(event && isOf(record, event), 'LOG-1', () => `${id} was reported confirmed and is not in the log`)
    }
  }
}

function checkSessionAtRest(
  world: World,
  session: SimSession,
  truth: Fold,
  /** Of the client's file: local events are folded alike by all versions. */
  client: Fold,
): void {
  const wanted = truth.digest()
  const who = session.process.name
  const { store, driver } = session
  if (!store) return
  const state = session.digest()
  must(state.synced === wanted, 'STATE-1', () => `${who}: its tables are not the fold of the log`)
  must(
    state.local === client.localDigest(),
    'STATE-5',
    () => `${who}: its local tables are not the fold of the local log`,
  )
  must(digestOf(store) === wanted, 'STATE-5', () => `${who}: digestOf(store) takes in more than the synced tables`)
  const error = store.status.error.value
  must(error === null, 'SYNC-2', () => `${who}: all is well again, and it still shows ${error?.message}`)
  for (const watch of session.watches) watch.check(driver, store, who)
  checkReads(session, world.log, world.history, new Set(truth.idle))
}
