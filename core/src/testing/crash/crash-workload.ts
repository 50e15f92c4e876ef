import { StoreError } from '../../base/errors.ts'
import type { ConfirmedEvent, EventId } from '../../protocol/event-record.ts'
import type { AnySchema } from '../../schema/schema.ts'
import { memoryLogStore } from '../../server/memory-log-store.ts'
import type { Receipt } from '../../session/receipt.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import type { Store } from '../../store/store.ts'
import { SeededRandom } from '../sim/seeded-random.ts'
import { nextSchema, simSchema } from '../sim/sim-schema.ts'
import { Workload } from '../sim/workload.ts'
import { TestBackend } from '../test-backend.ts'
import { TestClient } from '../test-client.ts'
import { seededRandom, VirtualClock } from '../virtual-clock.ts'

const STORE = 's'
/** Starts that a file may fail before the run gives up. */
const ATTEMPTS = 30

/** Commits that were reported durable, and how many file operations there had been by then. */
export interface Acked {
  readonly ids: readonly EventId[]
  readonly at: number
}

export interface CrashWorkloadOptions {
  /** Opens the client's file; called again for each boot. */
  readonly openFile: () => SqliteDriver
  /** File operations so far. */
  readonly operations: () => number
  /** Size of each part of the work, in commits. */
  readonly commits: number
  readonly seed: number
}

export interface CrashRun {
  readonly acked: readonly Acked[]
  /** File operations before the newer version of the app was started. */
  readonly upgradedAt: number
  /** The backend's log at the end. */
  readonly log: readonly ConfirmedEvent[]
  /** Commits that were neither confirmed nor rejected at the end. */
  readonly unsettled: number
}

/**
 * One client's life on its file: commits online, commits offline while another client commits too, the rebase of both, a boot,
 * an upgrade with its rebuild, more commits. Everything on virtual time: the same options give the same file operations.
 */
export async function runCrashWorkload(options: CrashWorkloadOptions): Promise<CrashRun> {
  const { commits, seed } = options
  const clock = new VirtualClock()
  const log = memoryLogStore({ random: seededRandom(seed) })
  const backend = new TestBackend(clock, { log })
  const life = new ClientLife(options, clock, backend)
  const other = new TestClient({ schema: simSchema, clock, sync: backend, seed: 2 })
  const theirs = await other.open()
  await life.boot(simSchema)
  for (let i = 0; i < commits; i++) await life.commit(50)
  backend.cut()
  for (let i = 0; i < commits; i++) {
    commit(theirs, life.workload)
    await life.commit(5)
  }
  backend.reachable = true
  await life.pass(60_000)
  await life.boot(simSchema)
  for (let i = 0; i < commits; i++) await life.commit(5)
  await life.pass(10_000)
  const upgradedAt = options.operations()
  await life.boot(nextSchema)
  for (let i = 0; i < commits; i++) await life.commit(5)
  await life.pass(60_000)
  await life.end()
  await end(theirs, clock)
  return { ...life.told, upgradedAt, log: await log.read(STORE, 0, 1_000_000) }
}

/** The client under test: its store, its boots, and what it was told. Starts again what a failing file has brought down. */
class ClientLife {
  readonly workload: Workload
  readonly #options: CrashWorkloadOptions
  readonly #clock: VirtualClock
  readonly #client: TestClient
  readonly #acked: Acked[] = []
  #store: Store | null = null
  #settled = 0
  #committed = 0
  #failures = 0

  constructor(options: CrashWorkloadOptions, clock: VirtualClock, sync: TestBackend) {
    this.#options = options
    this.#clock = clock
    this.workload = new Workload(new SeededRandom(options.seed), 0)
    this.#client = new TestClient({ schema: simSchema, clock, sync, seed: 1 })
  }

  get told(): Pick<CrashRun, 'acked' | 'unsettled'> {
    return { acked: this.#acked, unsettled: this.#committed - this.#settled }
  }

  /** Ends what is open, and starts this version of the app on the file. */
  async boot(schema: AnySchema): Promise<void> {
    await this.end()
    this.#client.schema = schema
    await this.#retry(async () => {
      this.#reopen()
      const opening = this.#client.open()
      opening.catch(() => {})
      await this.#clock.run()
      while (this.#mayRestart) await this.pass(1_000)
      this.#store = await opening
    })
  }

  /** The leader failed as another might not: sessions wait for that one. */
  get #mayRestart(): boolean {
    const { errors } = this.#client
    return errors.length > this.#failures && errors.at(-1)?.retry === 'restart'
  }

  async commit(pause: number): Promise<void> {
    const receipt = commit(this.#store as Store, this.workload)
    if (receipt) {
      this.#committed += 1
      receipt.acked.then(
        () => this.#acked.push({ ids: receipt.ids, at: this.#options.operations() }),
        () => {},
      )
      const settled = () => {
        this.#settled += 1
      }
      receipt.confirmed.then(settled, settled)
    }
    await this.pass(pause)
  }

  async pass(ms: number): Promise<void> {
    await this.#clock.run(ms)
    if (this.#client.errors.length === this.#failures) return
    // The leader gave up: another takes over, as in the browser.
    this.#failures = this.#client.errors.length
    await this.#retry(async () => {
      this.#reopen()
      await this.#client.crash()
    })
    await this.#clock.run(ms)
  }

  async end(): Promise<void> {
    if (this.#store) await end(this.#store, this.#clock)
    this.#store = null
    this.#client.file.close()
  }

  #reopen(): void {
    this.#client.file.close()
    this.#client.file = this.#options.openFile()
  }

  async #retry(act: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act()
      } catch (thrown) {
        // The environment's errors alone: anything else is a fault of ours.
        if (!(thrown instanceof StoreError && thrown.code.startsWith('storage/')) || attempt === ATTEMPTS) throw thrown
        await this.#clock.run(1_000)
      }
    }
  }
}

/** Null when the workload drew poison, which is refused at once. */
function commit(store: Store, workload: Workload): Receipt | null {
  try {
    return store.commit(...workload.commit(store.sessionId))
  } catch (thrown) {
    if (thrown instanceof StoreError && thrown.code === 'materializer/failed') return null
    throw thrown
  }
}

async function end(store: Store, clock: VirtualClock): Promise<void> {
  const closed = store.close()
  await clock.run(10_000)
  await closed
}
