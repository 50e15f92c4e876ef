/**
 * What can go wrong, as a closed list. Each code documents the way out of it.
 *
 * - `event/unknown`          the schema has no event of this name; add it, or update the app
 * - `event/invalid`          args fail the event's schema or are not plain JSON; `details.path` tells where
 * - `event/too-large`        more than 10,000 events or 8 MiB in one commit; split it
 * - `materializer/failed`    a materializer or an SQL constraint threw; nothing of the commit took effect
 * - `materializer/impure`    a materializer gave two different results for one event; see rule STATE-4
 * - `schema/invalid`         a definition contradicts itself; the message names it
 * - `storage/full`           disk or quota is used up; free space, then it goes on
 * - `storage/io`             the operating system failed a read or write
 * - `storage/corrupt`        the database file is damaged
 * - `storage/version`        a newer Livefold wrote this file; update the app
 * - `storage/locked`         another process (or adapter) has this store open
 * - `leader/lost`            the leader went away and did not come back in time
 * - `sync/offline`           no connection to the backend; retried by itself
 * - `sync/unauthorized`      token missing, wrong or expired; `auth` is asked for a new one
 * - `sync/forbidden`         this identity may not read or write this store
 * - `sync/rejected`          the server's `validate` refused the commit
 * - `sync/id-conflict`       one event id with two contents: a copied session id
 * - `sync/backend-mismatch`  the backend does not hold the history this store was built on
 * - `sync/too-large`         a frame, page or commit beyond the server's limits
 * - `sync/limit`             a rate or connection limit of the server
 * - `protocol/malformed`     a message that the protocol does not allow
 * - `protocol/version`       the two sides speak different protocol versions
 * - `query/invalid`          SQL that does not compile, writes, is not deterministic, or fails while it is read
 * - `store/reentrant`        a commit while a query, computed or materializer was evaluating
 * - `store/missing`          a view asked for a store and none was provided; put it below the provider
 * - `store/opening`          a view read before its store was there; wait for the store
 * - `store/closed`           used after `close()`
 */
export const errorCodes = [
  'event/unknown',
  'event/invalid',
  'event/too-large',
  'materializer/failed',
  'materializer/impure',
  'schema/invalid',
  'storage/full',
  'storage/io',
  'storage/corrupt',
  'storage/version',
  'storage/locked',
  'leader/lost',
  'sync/offline',
  'sync/unauthorized',
  'sync/forbidden',
  'sync/rejected',
  'sync/id-conflict',
  'sync/backend-mismatch',
  'sync/too-large',
  'sync/limit',
  'protocol/malformed',
  'protocol/version',
  'query/invalid',
  'store/reentrant',
  'store/missing',
  'store/opening',
  'store/closed',
] as const

export type StoreErrorCode = (typeof errorCodes)[number]

export function isErrorCode(code: unknown): code is StoreErrorCode {
  return (errorCodes as readonly unknown[]).includes(code)
}
