import { messageOf, StoreError } from '../base/errors.ts'
import type { EventId } from '../protocol/event-record.ts'

export function mismatch(storeId: string, why: string): StoreError {
  return new StoreError(
    'sync/backend-mismatch',
    `Store ${storeId} cannot sync with this backend: ${why}. Nothing was changed. ` +
      'Point the store at its own backend, or delete it on this client to start from that backend.',
    { details: { storeId } },
  )
}

export function otherProtocol(storeId: string): StoreError {
  return new StoreError('protocol/version', 'The sync server speaks another protocol version.', {
    details: { storeId },
  })
}

/** A transport threw instead of telling that its line is closed. */
export function unreachable(name: string, thrown: unknown): StoreError {
  return new StoreError('sync/offline', `No line over ${name} can be opened: ${messageOf(thrown)}`, {
    retry: 'backoff',
    cause: thrown,
  })
}

/** A server may take less than what was checked at commit: such a commit would never get through. */
export function tooLarge(eventId: EventId, why: string): StoreError {
  return new StoreError('sync/too-large', `The commit of event ${eventId} has ${why}.`, { details: { eventId } })
}

export function overtaken(): StoreError {
  return new StoreError('sync/offline', 'The upload of this history was overtaken; it is taken up again.', {
    retry: 'backoff',
  })
}

export function brokenCommit(seq: number): StoreError {
  return new StoreError('protocol/malformed', `The sync server cut a commit in two, after event ${seq}.`, {
    retry: 'backoff',
    details: { seq },
  })
}
