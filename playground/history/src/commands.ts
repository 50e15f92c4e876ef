import type { Arguments } from './arguments.ts'
import { digestOf } from './digest.ts'
import { commitState, countFiles } from './fold-state.ts'
import { followHistory } from './follow-history.ts'
import { countCommits, resolveCommit } from './git-commits.ts'
import { importHistory } from './import-history.ts'
import { type LogAudit, LogAuditor } from './log-audit.ts'
import { type HistoryStore, openStore } from './open-store.ts'
import { Progress } from './progress.ts'
import { synced, until } from './sync-wait.ts'
import { verifyHistory } from './verify-history.ts'

type ArgumentsOf<C extends Arguments['command']> = Extract<Arguments, { command: C }>

/** `history import`: exit code 0 once the server has ordered everything. */
export async function runImport(args: ArgumentsOf<'import'>, signal: AbortSignal): Promise<number> {
  const tip = await resolveCommit(args.directory, args.ref)
  const length = Math.min(args.limit, await countCommits(args.directory, tip))
  const total = args.only === null ? length : args.only === 'odd' ? Math.ceil(length / 2) : Math.floor(length / 2)
  return withStore(args, async (store, terminateLeader) => {
    const progress = new Progress('import')
    const killAfter = leaderDeathHook()
    const done = await importHistory(store, {
      directory: args.directory,
      tip,
      limit: args.limit,
      only: args.only,
      signal,
      onConfirmed: ({ imported, skipped, events }) => {
        progress.step({ done: imported + skipped, total, note: () => `commits confirmed, ${events} events` })
      },
      onCommitted: ({ imported }) => {
        if (imported === killAfter) void terminateLeader().then(() => console.log('leader terminated'))
      },
    })
    progress.end()
    console.log(`imported ${done.imported} commits in ${done.events} events; ${done.skipped} were there before`)
    printState(store)
    return 0
  })
}

/** `history follow`. */
export async function runFollow(args: ArgumentsOf<'follow'>, signal: AbortSignal): Promise<number> {
  return withStore(args, async (store) => {
    const progress = new Progress('follow')
    const { upstreamHead, backendHead } = store.status
    try {
      await followHistory(store, {
        until: args.until,
        signal,
        onProgress: () => {
          const note = () => `events, ${commitState(store).complete} commits, ${countFiles(store)} files`
          progress.step({ done: upstreamHead.peek(), total: backendHead.peek(), note })
        },
      })
    } finally {
      progress.end()
    }
    printState(store)
    return 0
  })
}

/** `history verify`: exit code 1 when the fold differs from git, or is empty. */
export async function runVerify(args: ArgumentsOf<'verify'>, signal: AbortSignal): Promise<number> {
  const tip = await resolveCommit(args.directory, args.ref)
  const length = await countCommits(args.directory, tip)
  return withStore(args, async (store) => {
    await until(store, signal, () => synced(store))
    const found = await verifyHistory(store, args.directory, tip)
    const audit = args.log ? await auditLog(store) : null
    console.log(`store: ${found.storeRows} files at commit ${found.n} of ${length}`)
    console.log(`git:   ${found.gitRows} files at ${found.hash ?? 'no commit'}`)
    const once = audit?.faults.length === 0 ? 'each once' : 'with faults'
    if (audit) console.log(`log:   ${audit.events} events in ${audit.commits} commits, ${once}`)
    for (const line of [...found.wrongCommits, ...found.first, ...(audit?.faults ?? [])]) console.log(`  ${line}`)
    if (found.differences > found.first.length) console.log(`  … ${found.differences} differences in all`)
    console.log(`digest ${found.digest}`)
    const equal = found.equal && (audit === null || audit.faults.length === 0)
    console.log(equal ? 'equal' : found.gitRows === 0 ? 'nothing to compare' : 'different')
    return equal ? 0 : 1
  })
}

interface ClientOptions {
  readonly store: string
  readonly data: string
  readonly server: { readonly url: string; readonly transport: 'ws' | 'http' }
  readonly worker: boolean
}

async function withStore(
  options: ClientOptions,
  run: (store: HistoryStore, terminateLeader: () => Promise<void>) => Promise<number>,
): Promise<number> {
  const { store, terminateLeader } = await openStore({ ...options, storeId: options.store })
  const stopTelling = tellConnection(store, options.server.url)
  try {
    return await run(store, terminateLeader)
  } finally {
    stopTelling()
    await store.close()
  }
}

/** Says on stderr when the server goes away and comes back, so that a wait never looks like a hang. */
function tellConnection(store: HistoryStore, url: string): () => void {
  let told = 'online'
  return store.status.connection.subscribe((connection) => {
    if (connection !== 'online' && connection !== 'offline') return
    if (connection === told) return
    told = connection
    console.error(connection === 'online' ? `connected to ${url}` : `no connection to ${url}; trying again`)
  })
}

/** Test hook: number of commits after which the leader's thread is terminated; -1 for never. */
function leaderDeathHook(): number {
  return Number(process.env.LIVEFOLD_HISTORY_TERMINATE_LEADER_AFTER ?? -1)
}

function printState(store: HistoryStore): void {
  const { complete, last } = commitState(store)
  console.log(`${countFiles(store)} files after ${complete} commits, the last is number ${last}`)
  console.log(`digest ${digestOf(store)}`)
}

async function auditLog(store: HistoryStore): Promise<LogAudit> {
  const auditor = new LogAuditor()
  const head = store.status.upstreamHead.peek()
  if (head > 0) {
    for await (const event of store.events({ after: 0 })) {
      auditor.add(event)
      if (event.seq >= head) break
    }
  }
  return auditor.result()
}
