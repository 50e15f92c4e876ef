import { StoreError } from '../base/errors.ts'
import type { Commit, EventId, EventRecord } from './event-record.ts'

/** True when both are one commit: sent again, not another one under a copied id. */
export function sameCommit(a: Commit, b: Commit): boolean {
  return a === b || (a.length === b.length && a.every((event, i) => sameEvent(event, b[i] as EventRecord)))
}

/** True when both say the same: a re-sent event, not another one under a copied id. */
export function sameEvent(a: EventRecord, b: EventRecord): boolean {
  return (
    a.id === b.id &&
    a.name === b.name &&
    a.at === b.at &&
    a.parent === b.parent &&
    a.clientId === b.clientId &&
    (a.joined ?? false) === (b.joined ?? false) &&
    (a.args === b.args || JSON.stringify(a.args) === JSON.stringify(b.args))
  )
}

/** Of a commit under whose id (that of its first event) there is another one. */
export function idConflict(eventId: EventId): StoreError {
  const sessionId = eventId.slice(0, eventId.lastIndexOf('.'))
  return new StoreError(
    'sync/id-conflict',
    `Event ${eventId} exists with other content: two tabs or processes share session id ${sessionId}. Commit it again under a new one.`,
    { details: { eventId } },
  )
}
