import type { Clock } from '../base/clock.ts'
import { messageOf, StoreError } from '../base/errors.ts'
import type { EventId, EventRecord } from '../protocol/event-record.ts'

/** Who is at the other end, as `authenticate` tells. */
export interface Identity {
  /** At least one character; a number would not do. */
  readonly id: string
  readonly [claim: string]: unknown
}

export type StoreAccess = 'read' | 'write'

/** What is known of a connection before its identity is. */
export interface ConnectContext {
  /** The `Origin` header of a browser; null where none was sent. */
  readonly origin?: string | null
  /** Network address of the peer, for logs and rate limits. */
  readonly address?: string
}

export interface AuthenticateContext extends ConnectContext {
  readonly storeId: string
  readonly clientId: string
}

export type HookName = 'authenticate' | 'authorize' | 'validate'

/**
 * The application's say. All may be async; one that does not answer within the limit `hookMs` counts as failed, and the
 * client tries again later.
 */
export interface ServerHooks {
  /**
   * Tells who a token belongs to, or throws. Asked at each hello and renewal. Default: everybody is `anonymous`.
   *
   * With it, the client and session ids in events belong to the identity that first used them in a store: a push that carries
   * those of another is answered `sync/forbidden`, and appends nothing.
   */
  authenticate?(token: string | null, context: AuthenticateContext): Promise<Identity> | Identity
  /** Asked at each hello, pull, push and renewal. Default: yes. */
  authorize?(identity: Identity, storeId: string, access: StoreAccess): Promise<boolean> | boolean
  /**
   * Asked for each commit that is about to be appended; a throw rejects the whole push and names the commit.
   * A `StoreError` keeps its code; with `details.eventId` it names the event; with a `retry` other than 'no' the push is answered as a passing failure instead.
   * Anything else becomes `sync/rejected` with its message, which the author gets to read: so a bug in `validate` rejects commits for
   * good. Catch what is not the commit's fault (a database that does not answer) and throw it as a `StoreError` with `retry: 'backoff'`.
   */
  validate?(identity: Identity, events: readonly EventRecord[], storeId: string): Promise<void> | void
  /**
   * For the server's own records: what a hook throws, if it is no `StoreError`; a hook that did not answer in time; and, at `log`, what the log
   * store could not do (a full disk, damage). Clients are told the code alone of the last.
   */
  onError?(error: unknown, at: { readonly hook: HookName | 'log'; readonly storeId: string }): void
}

const ANONYMOUS: Identity = { id: 'anonymous' }

/** A commit that `validate` does not want. */
export interface Refusal {
  readonly eventId: EventId
  readonly error: StoreError
}

/** The hooks with their defaults, their throws turned into `StoreError`s. */
export class Gate {
  readonly #hooks: ServerHooks
  readonly #clock: Clock
  readonly #hookMs: number
  /** What hooks threw, in the app's own words. */
  readonly #thrown = new WeakSet<StoreError>()

  constructor(hooks: ServerHooks, clock: Clock, hookMs: number) {
    this.#hooks = hooks
    this.#clock = clock
    this.#hookMs = hookMs
  }

  /** True when identities are told apart. */
  get authenticates(): boolean {
    return this.#hooks.authenticate !== undefined
  }

  /** False when no push can be refused: the log's own checks suffice then. */
  get guardsPushes(): boolean {
    return this.authenticates || this.#hooks.authorize !== undefined || this.#hooks.validate !== undefined
  }

  /** @throws StoreError sync/unauthorized, or the hook's own */
  async authenticate(token: string | null, context: AuthenticateContext): Promise<Identity> {
    const { authenticate } = this.#hooks
    if (!authenticate) return ANONYMOUS
    try {
      return await this.#ask('authenticate', context.storeId, async () => checked(await authenticate(token, context)))
    } catch (error) {
      if (error instanceof StoreError) throw error
      // What else a hook throws may tell of the server's inside: it stays here.
      const message =
        token === null
          ? 'The server wants a token and got none: give createStore an `auth`.'
          : 'The server does not accept this token. Renew it and connect again.'
      throw new StoreError('sync/unauthorized', message, { cause: error })
    }
  }

  /** @throws StoreError sync/forbidden, or the hook's own */
  async require(identity: Identity, storeId: string, access: StoreAccess): Promise<void> {
    const { authorize } = this.#hooks
    if (!authorize) return
    let allowed: boolean
    try {
      allowed = await this.#ask('authorize', storeId, () => authorize(identity, storeId, access))
    } catch (error) {
      if (error instanceof StoreError) throw error
      throw new StoreError(
        'sync/forbidden',
        `The server could not tell whether you may ${access} store "${storeId}". Try again later.`,
        {
          retry: 'backoff',
          cause: error,
        },
      )
    }
    if (allowed !== true)
      throw new StoreError('sync/forbidden', `You may not ${access} store "${storeId}". Ask its owner.`)
  }

  /** The first commit that the application refuses; null when it takes all. */
  async validate(
    identity: Identity,
    commits: readonly (readonly EventRecord[])[],
    storeId: string,
  ): Promise<Refusal | null> {
    const { validate } = this.#hooks
    if (!validate) return null
    let judged = commits[0] as readonly EventRecord[]
    try {
      await this.#ask('validate', storeId, async () => {
        for (judged of commits) await validate(identity, judged, storeId)
      })
      return null
    } catch (error) {
      return refusalOf(error, judged)
    }
  }

  #ask<T>(hook: HookName, storeId: string, ask: () => Promise<T> | T): Promise<T> {
    return new Promise((resolve, reject) => {
      let cancel = () => {}
      const failed = (thrown: unknown) => {
        cancel()
        if (thrown instanceof StoreError) this.#thrown.add(thrown)
        if (!(thrown instanceof StoreError) || thrown instanceof HookTimeout) this.report(thrown, hook, storeId)
        reject(thrown)
      }
      const late = () => failed(new HookTimeout(hook, this.#hookMs))
      cancel = this.#clock.after(this.#hookMs, late)
      const settle = async () => resolve(await ask())
      settle().then(() => cancel(), failed)
    })
  }

  /** True for what the log store could not do: no client may read what it says of the server's files. A hook's `storage/*` is meant to be read. */
  isLogFailure(error: StoreError): boolean {
    return error.code.startsWith('storage/') && !this.#thrown.has(error)
  }

  /** Tells the server's owner. */
  report(thrown: unknown, hook: HookName | 'log', storeId: string): void {
    // Whatever it does, the connection is answered.
    try {
      this.#hooks.onError?.(thrown, { hook, storeId })
    } catch {}
  }
}

/** What an app without types gives: a number would not be told from the text of it where the log keeps whose an id is. */
function checked(identity: Identity | null | undefined): Identity {
  if (typeof identity?.id === 'string' && identity.id !== '') return identity
  throw new TypeError('authenticate has to give { id } with a text of at least one character, or to throw')
}

class HookTimeout extends StoreError {
  constructor(hook: HookName, ms: number) {
    super('sync/offline', `The server's "${hook}" did not answer within ${ms} ms. Try again later.`, {
      retry: 'backoff',
    })
  }
}

function refusalOf(error: unknown, commit: readonly EventRecord[]): Refusal {
  const first = (commit[0] as EventRecord).id
  if (!(error instanceof StoreError))
    return { eventId: first, error: new StoreError('sync/rejected', messageOf(error)) }
  const named = commit.find(({ id }) => id === error.details.eventId)
  return { eventId: named?.id ?? first, error }
}
