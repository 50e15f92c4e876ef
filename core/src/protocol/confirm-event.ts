import type { ConfirmedEvent, EventRecord } from './event-record.ts'

/**
 * The event with its place. Fields always come in one order, `seq` first, so that decoded and stored events share their shape.
 */
export function confirmEvent(event: EventRecord, seq: number): ConfirmedEvent {
  const { id, name, args, clientId, sessionId, parent, at } = event
  return event.joined
    ? { seq, id, name, args, clientId, sessionId, parent, at, joined: true }
    : { seq, id, name, args, clientId, sessionId, parent, at }
}
