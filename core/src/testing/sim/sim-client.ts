import type { StoreError } from '../../base/errors.ts'
import { LeaderHost } from '../../leader/leader-host.ts'
import type { LeaderOptions } from '../../leader/leader-options.ts'
import type { LeaderParts, LeaderPartsSource } from '../../leader/leader-parts.ts'
import * as leaderParts from '../../leader-parts.ts'
import type { AnySchema } from '../../schema/schema.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import type { SyncTransport } from '../../sync/transport.ts'
import { Disk, type DiskHandle } from './disk.ts'
import type { Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SessionBus } from './session-bus.ts'
import { SimProcess } from './sim-process.ts'
import type { Judge } from './violation.ts'

/** One leader in its own process. */
export interface SimLeader {
  readonly process: SimProcess
  readonly handle: DiskHandle
  readonly host: LeaderHost
}

export interface SimClientOptions {
  readonly index: number
  readonly judge: Judge
  readonly schema: AnySchema
  readonly storeId: string
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly openMemory: () => SqliteDriver
  /** Share of leaders whose code comes late. */
  readonly lateCode: number
  /** Null: this client has no backend. */
  readonly transport: (process: SimProcess) => SyncTransport | null
  /** The file as a dead leader left it, before any other opens it. */
  readonly crashed: (client: SimClient) => void
  readonly leaderGone: (process: SimProcess) => void
}

/** One client: a database file, the leaders that had it one after the other, and the channels of its sessions. */
export class SimClient {
  readonly index: number
  readonly disk: Disk
  leader: SimLeader | null = null
  /** Frozen once and deposed since; they may still speak. */
  deposed: SimLeader[] = []
  /** Times that its file was taken away. */
  losses = 0
  /** Its sessions' channels, each with the version of the app that runs there. */
  readonly buses = new Map<SessionBus, AnySchema>()
  readonly #options: SimClientOptions
  #schema: AnySchema
  #leaders = 0
  #behind = false
  /** A leader died in the middle of an operation: the file is to be opened anew before anything else. */
  #torn = false

  constructor(options: SimClientOptions) {
    this.index = options.index
    this.#options = options
    this.#schema = options.schema
    this.disk = new Disk(options.openMemory, options.judge)
  }

  /** Its medium has failed before: such an error may be heard of. */
  failed(error: StoreError): boolean {
    return this.disk.failures > 0 && (error.code === 'storage/full' || error.code === 'storage/io')
  }

  /** The next leader runs another version of the app. */
  upgrade(schema: AnySchema): void {
    this.#schema = schema
  }

  /**
   * The state tables are not what the log says: the last leader that worked on the file was older than what it found, or they were folded
   * anew and the leader has not come to what is pending.
   */
  get behind(): boolean {
    return this.#behind
  }

  /** A session's channel: to the leader there is, and to all that come. */
  connect(bus: SessionBus, schema: AnySchema): void {
    this.buses.set(bus, schema)
    for (const leader of this.#living()) leader.host.connect(bus.attach(leader.process))
    if (!this.leader) this.lead()
  }

  disconnect(bus: SessionBus): void {
    this.buses.delete(bus)
    bus.gone()
  }

  /** Starts a leader, unless one is in office. */
  lead(): void {
    if (this.leader) return
    const { index, judge, storeId, scheduler, random, openMemory, transport, lateCode } = this.#options
    this.#leaders += 1
    const schema = this.#elect()
    const process = new SimProcess(`leader ${index}.${this.#leaders}`, scheduler, random.fork())
    const handle = this.disk.handle(
      () => scheduler.now,
      () => this.#died(process),
    )
    const sync = transport(process)
    const parts = this.#parts()
    const options: LeaderOptions = {
      storeId,
      schema,
      driver: handle,
      openMemory,
      clock: process.clock,
      random: process.random,
      storage: 'persisted',
      parts: process.random.copy().chance(lateCode) ? lateParts(process, parts) : parts,
      ...(sync && { sync }),
      onNewerVersion: (version) => version > schema.version && this.#makeWay(process),
      onFailed: (error) => {
        if (!process.alive) return
        if (handle.deposed) this.#retire(process)
        // It could not open the file.
        else if (this.failed(error)) this.#died(process)
        else if (error.cause instanceof CodeLost) this.#diedWithoutCode(process)
        else judge.fail('ERROR', `${process.name} gave up: ${error.code} ${error.message}`)
      },
    }
    const leader = { process, handle, host: new LeaderHost(options) }
    this.leader = leader
    for (const bus of this.buses.keys()) leader.host.connect(bus.attach(process))
  }

  /** Kills the leader between two steps. */
  crash(): void {
    const { leader } = this
    if (!leader) return
    leader.handle.die()
    this.#died(leader.process)
  }

  /** Kills the leader at its n-th operation on the file from now. */
  crashAtOperation(n: number): void {
    if (this.leader) this.leader.handle.crashIn = n
  }

  /** Its site data are cleared: the file is gone, and whoever had it open dies. */
  loseStorage(): void {
    for (const leader of this.#living()) {
      leader.handle.die()
      this.#died(leader.process)
    }
    this.#torn = false
    this.losses += 1
    this.disk.wipe()
  }

  /** Stops the leader without its knowing; another may take over, and this one may come back. */
  freeze(): SimLeader | null {
    const { leader } = this
    if (!leader?.host.isOpen) return null
    leader.process.freeze()
    this.deposed.push(leader)
    this.leader = null
    return leader
  }

  /** After a step: a file that a dying leader left is looked at, and opened anew. */
  recover(): void {
    if (!this.#torn) return
    this.#torn = false
    this.disk.reopen()
    this.#options.crashed(this)
  }

  /** Closes all leaders in an orderly way. */
  async close(): Promise<void> {
    const leaders = this.#living()
    this.leader = null
    this.deposed = []
    await Promise.all(leaders.map((leader) => leader.host.close()))
  }

  processes(): SimProcess[] {
    return this.#living().map((leader) => leader.process)
  }

  /** Whose tab leads next: mostly one of the newest version, which older leaders make way for. */
  #elect(): AnySchema {
    const versions = new Map([...this.buses.values()].map((schema) => [schema.version, schema]))
    const { random } = this.#options
    if (versions.size > 0) {
      const wanted =
        versions.size > 1 && random.chance(0.4) ? Math.min(...versions.keys()) : Math.max(...versions.keys())
      this.#schema = versions.get(wanted) as AnySchema
    }
    return this.#schema
  }

  /** A newer version of the app has a tab open: this leader drains and closes, and that tab may lead. */
  #makeWay(process: SimProcess): void {
    const { leader } = this
    if (leader?.process !== process) return
    const { judge, scheduler, random } = this.#options
    this.leader = null
    this.deposed.push(leader)
    leader.host.close().then(
      () => {
        this.#retire(process)
        scheduler.schedule(random.between(0, 200), null, 'act', () => this.lead())
      },
      (thrown) => judge.take(thrown),
    )
  }

  #living(): SimLeader[] {
    return [...(this.leader ? [this.leader] : []), ...this.deposed]
  }

  #died(process: SimProcess): void {
    process.kill()
    for (const bus of this.buses.keys()) bus.lost(process)
    this.#options.leaderGone(process)
    if (this.leader?.process === process) this.leader = null
    this.deposed = this.deposed.filter((leader) => leader.process !== process)
    this.#torn = true
  }

  /** The leader's code: its first transaction brings the state tables to the end of the log; one that keeps the log alone never does. */
  #parts(): LeaderParts {
    const tell = (behind: boolean) => {
      this.#behind = behind
    }
    class Leader extends leaderParts.Leader {
      constructor(...given: ConstructorParameters<typeof leaderParts.Leader>) {
        super(...given)
        tell(given[0].logOnly)
      }
    }
    const rebuildState: LeaderParts['rebuildState'] = async (options) => {
      try {
        await leaderParts.rebuildState(options)
      } finally {
        tell(true)
      }
    }
    return { ...leaderParts, Leader, rebuildState }
  }

  /** It could not open the file without the code that has not come; somebody else tries. */
  #diedWithoutCode(process: SimProcess): void {
    const { scheduler, random } = this.#options
    this.#died(process)
    scheduler.schedule(random.between(0, 200), null, 'act', () => this.lead())
  }

  /** A deposed leader has noticed, and closed itself. */
  #retire(process: SimProcess): void {
    this.deposed = this.deposed.filter((leader) => leader.process !== process)
  }
}

class CodeLost extends Error {}

/** A leader's code over a network of its own, as a browser's worker gets it. */
function lateParts({ random, clock }: SimProcess, parts: LeaderParts): LeaderPartsSource {
  const own = random.copy()
  let losses = own.pick([0, 0, 0, 1, 2])
  return () =>
    new Promise((resolve, reject) => {
      clock.after(own.heavyTail(20, 3_000), () => {
        if (losses-- > 0) reject(new CodeLost('Failed to fetch dynamically imported module'))
        else resolve(parts)
      })
    })
}
