import { type Json, MAX_JSON_DEPTH, whyNotJson } from '../base/json.ts'
import { jsonBytes } from '../base/json-size.ts'
import { confirmEvent } from './confirm-event.ts'
import type { ConfirmedEvent, EventRecord } from './event-record.ts'
import {
  arrayField,
  eventIdField,
  fieldBelow,
  idField,
  integerField,
  malformed,
  nameField,
  objectOf,
  type Unchecked,
} from './fields.ts'

/** The last millisecond a `Date` can hold, either way. */
const MAX_TIME = 8.64e15

/** Length of what surrounds the values in an event's JSON text, the quotes of its ids included. */
const FRAME = JSON.stringify({ id: '', name: 0, args: 0, clientId: '', sessionId: '', parent: 0, at: 0 }).length - 4
const JOINED = ',"joined":true'.length

/** What a commit's size is counted in: UTF-8 bytes of the event's JSON text, `seq` not included. */
export function eventBytes({ id, name, args, clientId, sessionId, parent, at, joined }: EventRecord): number {
  // Ids are ASCII, and nothing in them is escaped.
  const ids = id.length + clientId.length + sessionId.length
  const values = jsonBytes(name) + jsonBytes(args) + jsonBytes(parent) + jsonBytes(at)
  return FRAME + ids + values + (joined ? JOINED : 0)
}

/** Reads `field` as events without a place. @throws StoreError protocol/malformed */
export function readEvents(message: Unchecked, field: string, min: number): EventRecord[] {
  return readArray(message, field, min, readEvent)
}

/** Reads `field` as events with gapless `seq`s. @throws StoreError protocol/malformed */
export function readConfirmed(message: Unchecked, field: string): ConfirmedEvent[] {
  const events = readArray(message, field, 0, (object) =>
    confirmEvent(readEvent(object), integerField(object, 'seq', 1)),
  )
  for (let i = 1; i < events.length; i++) {
    const expected = (events[i - 1] as ConfirmedEvent).seq + 1
    if ((events[i] as ConfirmedEvent).seq !== expected)
      throw malformed(`${field}[${i}].seq`, `${expected}, without a gap`)
  }
  return events
}

function readArray<T>(message: Unchecked, field: string, min: number, read: (object: Unchecked) => T): T[] {
  const values = arrayField(message, field, min)
  const results: T[] = []
  try {
    for (const value of values) results.push(read(objectOf(value, 'event')))
  } catch (error) {
    throw fieldBelow(error, `${field}[${results.length}]`)
  }
  return results
}

function readEvent(object: Unchecked): EventRecord {
  const id = eventIdField(object, 'id')
  const name = nameField(object, 'name', 'control allowed')
  const args = argsOf(object)
  const clientId = idField(object, 'clientId')
  const sessionId = idField(object, 'sessionId')
  if (id.lastIndexOf('.') !== sessionId.length || !id.startsWith(sessionId)) {
    throw malformed('id', `of the event's own session "${sessionId}"`)
  }
  const parent = integerField(object, 'parent', 0)
  const at = integerField(object, 'at', -MAX_TIME, MAX_TIME)
  const joined = Object.hasOwn(object, 'joined') ? object.joined : false
  if (joined !== true && joined !== false) throw malformed('joined', 'true or missing')
  return joined
    ? { id, name, args, clientId, sessionId, parent, at, joined }
    : { id, name, args, clientId, sessionId, parent, at }
}

function argsOf(object: Unchecked): Json {
  if (!Object.hasOwn(object, 'args')) throw malformed('args', 'JSON, and is missing')
  const { args } = object
  if (isSafe(args, 0)) return args as Json
  const found = whyNotJson(args)
  throw malformed('args', `plain JSON: ${found ? `${found.why} at ${found.path}` : 'unexpected value'}`)
}

/** `whyNotJson` for a value that came out of `JSON.parse`, without building the paths that only a refusal needs. */
function isSafe(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth >= MAX_JSON_DEPTH) return false
  if (Array.isArray(value)) {
    for (const item of value) if (!isSafe(item, depth + 1)) return false
    return true
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__' || !isSafe((value as Unchecked)[key], depth + 1)) return false
  }
  return true
}
