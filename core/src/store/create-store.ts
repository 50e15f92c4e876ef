import { deferred } from '../base/deferred.ts'
import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import { loadTexts } from '../base/late-text.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Adapter } from './adapter.ts'
import { tellOpening } from './opening-status.ts'
import { StatusSignals, type StoreStatus } from './status.ts'
import { type Auth, Store, type StoreOf } from './store.ts'

/** How long opening may go without any sign of life from the leader, ms. */
const BOOT_TIMEOUT = 30_000

export interface CreateStoreOptions<S extends AnySchema = AnySchema> {
  readonly schema: S
  /** 1–200 characters, none of them a control character; one order, one set of tables per id. */
  readonly storeId: string
  readonly adapter: Adapter
  /** Asked for a token when the leader connects, and when the server refuses the last one. */
  readonly auth?: Auth
  /**
   * Runs each materializer twice at commit and refuses impure ones (STATE-4), and replays short logs at the start to find
   * materializers that were changed without a new `version`. Default true; without effect where a bundler builds for production.
   */
  readonly development?: boolean
  /** Longest silence of the leader while the store opens, ms. Default 30,000; a rebuild that goes on is no silence. */
  readonly timeout?: number
  /**
   * Called at once with the status that the store will have, to show what opening waits for and how far a rebuild is.
   *
   * @example
   * onOpening: ({ rebuild }) => effect(() => showProgress(rebuild.value))
   */
  readonly onOpening?: (status: StoreStatus) => void
}

/**
 * Opens a store: resolves when its replica is ready for synchronous reads.
 *
 * @throws StoreError `storage/*` when the store cannot be opened; when that lasts too long what it waits for, `leader/lost` for a leader.
 *
 * @example
 * const store = await createStore({ schema, storeId: 'team-1', adapter: nodeAdapter({ directory: './data' }) })
 */
export function createStore<S extends AnySchema>(options: CreateStoreOptions<S>): Promise<StoreOf<S>> {
  const status = new StatusSignals()
  const opening = openStore(options, status)
  tellOpening(opening, status)
  return opening
}

async function openStore<S extends AnySchema>(
  {
    schema,
    storeId,
    adapter,
    auth,
    development = DEVELOPMENT,
    timeout = BOOT_TIMEOUT,
    onOpening,
  }: CreateStoreOptions<S>,
  status: StatusSignals,
): Promise<StoreOf<S>> {
  if (DEVELOPMENT) checkGiven({ schema, storeId, adapter })
  checkStoreId(storeId)
  onOpening?.(status)
  const connection = await adapter.connect({ storeId, schema, development })
  const store = new Store({ storeId, schema, connection, development, auth, status })
  const late = deferred<void>()
  let cancel = connection.clock.after(timeout, giveUp)
  // Each sign of progress grants the whole time again.
  const stop = store.on('rebuild', () => {
    cancel()
    cancel = connection.clock.after(timeout, giveUp)
  })
  function giveUp(): void {
    const error = status.error.peek()
    // No store waits for its backend to open: who said so is not there any more.
    const cause = error?.code.startsWith('sync/') ? null : error
    late.reject(
      new StoreError(
        cause?.code ?? 'leader/lost',
        cause
          ? `Store ${storeId} did not open within ${timeout} ms: ${cause.message}`
          : `Store ${storeId}: no leader answered within ${timeout} ms. Does the worker's file call runLeaderWorker? Else close what holds it.`,
        { retry: 'restart', ...(cause && { cause, details: cause.details }) },
      ),
    )
  }
  try {
    await Promise.race([store.booted, late.promise])
    return store as StoreOf<S>
  } catch (thrown) {
    await store.close()
    throw thrown
  } finally {
    loadTexts()
    cancel()
    stop()
  }
}

/**
 * Removes all data of a store on this client. What was not confirmed upstream is lost.
 *
 * @throws StoreError `storage/locked` when the store is open.
 */
export async function deleteStore(options: { storeId: string; adapter: Adapter }): Promise<void> {
  checkStoreId(options.storeId)
  await options.adapter.delete(options.storeId)
}

/** What types tell already, for those who have none. */
function checkGiven(given: Readonly<Record<'schema' | 'storeId' | 'adapter', unknown>>): void {
  const wrong = whatIsWrong(given)
  if (wrong !== null) throw new StoreError('schema/invalid', misgiven(wrong))
}

function whatIsWrong(given: Readonly<Record<'schema' | 'storeId' | 'adapter', unknown>>): string | null {
  const missing = (['schema', 'storeId', 'adapter'] as const).filter((name) => given[name] == null)
  if (missing.length > 0) return `no ${missing.join(' and no ')}`
  const { schema, storeId, adapter } = given as { schema: AnySchema; storeId: string; adapter: Adapter }
  if (!(schema.tables instanceof Map)) return 'a schema that defineSchema did not make'
  if (typeof storeId !== 'string') return `the ${typeof storeId} ${storeId} as its storeId, which is a string`
  if (typeof adapter.connect === 'function') return null
  return 'something else than an adapter: give what memoryAdapter(…), nodeAdapter(…) or webAdapter(…) returns'
}

/** A function, so that what development alone says has no entry among the texts of production. */
function misgiven(what: string): string {
  return `createStore({ schema, storeId, adapter }) was given ${what}.`
}

function checkStoreId(storeId: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const plain = !/[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u.test(storeId)
  if (storeId.length >= 1 && storeId.length <= 200 && plain) return
  throw new StoreError(
    'schema/invalid',
    `"${storeId.slice(0, 40)}" is no storeId: 1 to 200 characters, no control characters, no half of a surrogate pair.`,
  )
}
