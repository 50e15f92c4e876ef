import { mostJsonBytes } from '../base/json-bound.ts'
import type { EventRecord } from './event-record.ts'
import type { Limits } from './sync-messages.ts'

/** Room that a frame keeps for everything but its events' text, commas and `seq`s included. */
export const ENVELOPE_BYTES = 512

/** Most that `parent`, `at`, `joined` and the names of all members take in an event's JSON text. */
const OTHER_BYTES = 120

/** At least `eventBytes`, found without reading texts. */
export function mostEventBytes({ id, name, args, clientId, sessionId }: EventRecord): number {
  // Ids are ASCII, and nothing in them is escaped.
  const ids = id.length + clientId.length + sessionId.length
  return OTHER_BYTES + ids + mostJsonBytes(name) + mostJsonBytes(args)
}

/** An event larger than this fits in no frame. */
export function maxEventBytes(limits: Pick<Limits, 'frameBytes'>): number {
  return limits.frameBytes - ENVELOPE_BYTES
}
