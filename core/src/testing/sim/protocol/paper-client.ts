import type { ConfirmedEvent, EventId, EventRecord } from '../../../protocol/event-record.ts'
import { eventId } from '../../../protocol/event-record.ts'
import type { Network } from '../network.ts'
import type { Scheduler } from '../scheduler.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { SimProcess } from '../sim-process.ts'
import { PaperLeader } from './paper-leader.ts'
import { PaperLog } from './paper-log.ts'

export interface PaperClientOptions {
  readonly index: number
  readonly storeId: string
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly network: Network
  readonly storageFaults: number
  readonly told: (client: PaperClient, event: ConfirmedEvent, before: ConfirmedEvent | undefined) => void
}

/** One client: its log, the leaders that had it, and a session that keeps its commits until it hears what became of them. */
export class PaperClient {
  readonly index: number
  log: PaperLog
  leader: PaperLeader | null = null
  /** All commits ever made here, in order. */
  readonly commits: (readonly EventRecord[])[] = []
  readonly processes: SimProcess[] = []
  readonly #options: PaperClientOptions
  readonly #sessionId: string
  #frozen: PaperLeader[] = []
  #parent = 0
  #events = 0

  constructor(options: PaperClientOptions) {
    this.#options = options
    this.index = options.index
    this.#sessionId = options.random.id()
    this.log = this.#newLog()
  }

  get ids(): EventId[] {
    return this.commits.flat().map((event) => event.id)
  }

  /** Starts a leader, unless one is in office. The session sends again what it has not heard of. */
  lead(): void {
    if (this.leader) return
    const { index, storeId, scheduler, random, network, storageFaults } = this.#options
    const process = new SimProcess(`leader ${index}.${this.log.epoch + 1}`, scheduler, random.fork())
    this.processes.push(process)
    const transport = network.transport(index, process)
    this.leader = new PaperLeader({ storeId, log: this.log, process, transport, storageFaults })
    for (const events of this.commits) this.leader.submit({ type: 'commit', local: false, events, again: true })
  }

  /** Commits `count` events as one. `refused` marks it for the server's `validate`. */
  commit(count: number, refused: boolean): void {
    this.#parent = Math.max(this.#parent, this.log.head)
    const events = Array.from({ length: count }, (_, i): EventRecord => {
      this.#events += 1
      return {
        id: eventId(this.#sessionId, this.#events),
        name: 'v1.Noted',
        args: refused && i === 0 ? { refused } : { n: this.#events },
        clientId: this.log.clientId,
        sessionId: this.#sessionId,
        parent: this.#parent,
        at: this.#options.scheduler.now,
        ...(i < count - 1 && { joined: true as const }),
      }
    })
    this.commits.push(events)
    this.leader?.submit({ type: 'commit', local: false, events })
  }

  crash(): void {
    const { leader } = this
    if (!leader) return
    leader.process.kill()
    this.#options.network.leaderGone(leader.process)
    this.leader = null
  }

  /** Stops the leader without its knowing. */
  freeze(): SimProcess | null {
    const { leader } = this
    if (!leader) return null
    leader.process.freeze()
    this.#frozen.push(leader)
    this.leader = null
    return leader.process
  }

  /** The browser has thrown away what was stored: no leader outlives that. */
  loseStorage(): void {
    this.crash()
    for (const frozen of this.#frozen.splice(0)) {
      frozen.process.kill()
      this.#options.network.leaderGone(frozen.process)
    }
    this.log = this.#newLog()
    // What the session goes on with is a new replica: its parents may begin below.
    this.#parent = 0
  }

  resume(): void {
    for (const { process } of this.#frozen) if (process.frozen) process.resume()
  }

  close(): void {
    for (const leader of [...(this.leader ? [this.leader] : []), ...this.#frozen]) leader.close()
  }

  #newLog(): PaperLog {
    const { random, told } = this.#options
    return new PaperLog(random.id(), (event, before) => told(this, event, before))
  }
}
