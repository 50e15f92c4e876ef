import { messageOf, StoreError } from '../base/errors.ts'
import type { EventId, EventRecord } from '../protocol/event-record.ts'

/** Who is at the other end, as `authenticate` tells. */
export interface Identity {
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

/** The application's say. All may be async; all are asked again at each renewal of a token. */
export interface ServerHooks {
  /** Tells who a token belongs to, or throws. Default: everybody is `anonymous`. */
  authenticate?(token: string | null, context: AuthenticateContext): Promise<Identity> | Identity
  /** Asked at each hello, pull, push and renewal. Default: yes. */
  authorize?(identity: Identity, storeId: string, access: StoreAccess): Promise<boolean> | boolean
  /**
   * Asked for each commit that is about to be appended; a throw rejects the whole push and names the commit.
   * A `StoreError` keeps its code; with `details.eventId` it names the event; with a `retry` other than 'no' the push is answered as a passing failure instead.
   */
  validate?(identity: Identity, events: readonly EventRecord[], storeId: string): Promise<void> | void
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

  constructor(hooks: ServerHooks) {
    this.#hooks = hooks
  }

  /** False when no push can be refused: the log's own checks suffice then. */
  get guardsPushes(): boolean {
    return this.#hooks.authorize !== undefined || this.#hooks.validate !== undefined
  }

  /** @throws StoreError sync/unauthorized, or the hook's own */
  async authenticate(token: string | null, context: AuthenticateContext): Promise<Identity> {
    const { authenticate } = this.#hooks
    if (!authenticate) return ANONYMOUS
    try {
      return await authenticate(token, context)
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
      allowed = await authorize(identity, storeId, access)
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
    for (const commit of commits) {
      try {
        await validate(identity, commit, storeId)
      } catch (error) {
        return refusalOf(error, commit)
      }
    }
    return null
  }
}

function refusalOf(error: unknown, commit: readonly EventRecord[]): Refusal {
  const first = (commit[0] as EventRecord).id
  if (!(error instanceof StoreError))
    return { eventId: first, error: new StoreError('sync/rejected', messageOf(error)) }
  const named = commit.find(({ id }) => id === error.details.eventId)
  return { eventId: named?.id ?? first, error }
}
