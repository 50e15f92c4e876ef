import type { Json } from '../base/json.ts'
import type { EventRecord } from './event-record.ts'
import type { Limits } from './sync-messages.ts'

/** Room that a frame keeps for everything but its events' text, commas and `seq`s included. */
export const ENVELOPE_BYTES = 512

/** Length of what surrounds the values in an event's JSON text, the quotes of its ids included. */
const FRAME = JSON.stringify({ id: '', name: 0, args: 0, clientId: '', sessionId: '', parent: 0, at: 0 }).length - 4
const JOINED = ',"joined":true'.length

/** What a commit's size is counted in: UTF-8 bytes of the event's JSON text, `seq` not included; as exact as `bytesOf` a value. */
export function eventSize(
  { id, name, args, clientId, sessionId, parent, at, joined }: EventRecord,
  bytesOf: (value: Json) => number,
): number {
  // Ids are ASCII, and nothing in them is escaped.
  const ids = id.length + clientId.length + sessionId.length
  const values = bytesOf(name) + bytesOf(args) + bytesOf(parent) + bytesOf(at)
  return FRAME + ids + values + (joined ? JOINED : 0)
}

/** An event larger than this fits in no frame. */
export function maxEventBytes(limits: Pick<Limits, 'frameBytes'>): number {
  return limits.frameBytes - ENVELOPE_BYTES
}
