import { isErrorCode } from '../base/error-codes.ts'
import { StoreError } from '../base/errors.ts'
import { utf8Length } from '../base/json-size.ts'
import { readConfirmed, readEvents } from './event-codec.ts'
import {
  arrayField,
  booleanField,
  choiceField,
  eventIdField,
  fieldBelow,
  has,
  idField,
  integerField,
  malformed,
  nameField,
  numberField,
  objectOf,
  positionIdField,
  textField,
  type Unchecked,
} from './fields.ts'
import { type DownMessage, type Limits, type Part, PROTOCOL_VERSION, type UpMessage } from './sync-messages.ts'

/** Longest token, UTF-16 units. */
const TOKEN_LENGTH = 16_384
/** Longest error text that travels, UTF-16 units. */
export const MESSAGE_LENGTH = 2_000
/** A day, ms: longer round trips are nonsense. */
const MAX_RTT = 86_400_000

export function encodeUp(message: UpMessage): string {
  return JSON.stringify(message)
}

export function encodeDown(message: DownMessage): string {
  return JSON.stringify(message)
}

/**
 * Reads one frame from a leader. The result is built anew field by field; of the frame's own objects only `args` pass, checked.
 * @throws StoreError `sync/too-large` beyond `limits`, `protocol/version` for a hello of another protocol, else `protocol/malformed`
 */
export function decodeUp(text: string, limits: Pick<Limits, 'frameBytes' | 'commitEvents'>): UpMessage {
  const frame = parse(text, limits.frameBytes)
  switch (frame.type) {
    case 'hello':
      return readHello(frame)
    case 'push':
      return readPush(frame, limits.commitEvents)
    case 'pull':
      return {
        type: 'pull',
        ref: integerField(frame, 'ref', 0),
        ...readAfter(frame),
        limit: integerField(frame, 'limit', 1),
        live: booleanField(frame, 'live'),
      }
    case 'token':
      return { type: 'token', token: textField(frame, 'token', TOKEN_LENGTH) }
    case 'stop':
      return { type: 'stop', ref: integerField(frame, 'ref', 0) }
    case 'ping':
      return { type: 'ping', rtt: numberField(frame, 'rtt', 0, MAX_RTT) }
    default:
      throw malformed('type', 'hello, push, pull, token, stop or ping')
  }
}

/**
 * Reads one frame from a backend; the same care as `decodeUp`, for a server may be anyone's.
 * @throws StoreError `sync/too-large` beyond `frameBytes`, `protocol/version` for a welcome of another protocol, else `protocol/malformed`
 */
export function decodeDown(text: string, frameBytes = Number.POSITIVE_INFINITY): DownMessage {
  const frame = parse(text, frameBytes)
  switch (frame.type) {
    case 'welcome':
      return readWelcome(frame)
    case 'pushed':
      return { type: 'pushed', ref: integerField(frame, 'ref', 0), seqs: readSeqs(frame) }
    case 'behind':
    case 'page':
      return readPage(frame, frame.type)
    case 'rejected':
      return {
        type: 'rejected',
        ref: integerField(frame, 'ref', 0),
        eventId: eventIdField(frame, 'eventId'),
        code: readCode(frame),
        message: textField(frame, 'message', MESSAGE_LENGTH),
      }
    case 'error':
      return readError(frame)
    case 'pong':
      return { type: 'pong' }
    default:
      throw malformed('type', 'welcome, pushed, behind, page, rejected, error or pong')
  }
}

function parse(text: string, frameBytes: number): Unchecked {
  // Most frames are far below the limit: three bytes a unit is the most that UTF-8 takes.
  if (text.length * 3 > frameBytes) {
    const bytes = text.length > frameBytes ? text.length : utf8Length(text)
    if (bytes > frameBytes) {
      throw new StoreError(
        'sync/too-large',
        `Frame refused: ${bytes} bytes or more, ${frameBytes} are allowed. Send it in parts.`,
      )
    }
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new StoreError('protocol/malformed', 'Message refused: a frame must be the JSON text of one message', {
      details: { field: 'frame', why: 'JSON' },
      cause: error,
    })
  }
  const frame = objectOf(value, 'frame')
  if (!Object.hasOwn(frame, 'type')) throw malformed('type', 'there')
  return frame
}

function readHello(frame: Unchecked): UpMessage {
  const protocol = readProtocol(frame)
  const head = integerField(frame, 'head', 0)
  return {
    type: 'hello',
    protocol,
    storeId: nameField(frame, 'storeId', 'no control'),
    clientId: idField(frame, 'clientId'),
    ...(has(frame, 'token') && { token: textField(frame, 'token', TOKEN_LENGTH) }),
    head,
    headId: positionIdField(frame, 'headId', head),
    ...(has(frame, 'backendId') && { backendId: idField(frame, 'backendId') }),
  }
}

function readWelcome(frame: Unchecked): DownMessage {
  const protocol = readProtocol(frame)
  const head = integerField(frame, 'head', 0)
  return {
    type: 'welcome',
    protocol,
    backendId: idField(frame, 'backendId'),
    head,
    headId: positionIdField(frame, 'headId', head),
    limits: readLimits(frame),
    ...(has(frame, 'connection') && { connection: idField(frame, 'connection') }),
  }
}

/** First of all fields: another version's message may look like nothing we know. */
function readProtocol(frame: Unchecked): number {
  const protocol = integerField(frame, 'protocol', 0)
  if (protocol === PROTOCOL_VERSION) return protocol
  throw new StoreError(
    'protocol/version',
    `The other side speaks protocol ${protocol}, this one ${PROTOCOL_VERSION}. Update the older of the two.`,
    { details: { theirs: protocol, ours: PROTOCOL_VERSION } },
  )
}

function readLimits(frame: Unchecked): Limits {
  const limits = objectOf(has(frame, 'limits') ? frame.limits : undefined, 'limits')
  try {
    return {
      frameBytes: integerField(limits, 'frameBytes', 1),
      commitEvents: integerField(limits, 'commitEvents', 1),
      commitBytes: integerField(limits, 'commitBytes', 1),
      pageEvents: integerField(limits, 'pageEvents', 1),
    }
  } catch (error) {
    throw fieldBelow(error, 'limits')
  }
}

function readPush(frame: Unchecked, commitEvents: number): UpMessage {
  const ref = integerField(frame, 'ref', 0)
  const position = readAfter(frame)
  const again = has(frame, 'again') ? { again: integerField(frame, 'again', 0) } : null
  // What is cut into parts has events in each.
  const min = again && !has(frame, 'part') ? 0 : 1
  const { length } = arrayField(frame, 'events', min)
  if (length > commitEvents) {
    throw new StoreError(
      'sync/too-large',
      `Push ${ref} refused: ${length} events, ${commitEvents} are allowed. Push less at once.`,
      {
        details: { ref },
      },
    )
  }
  return { type: 'push', ref, ...position, events: readEvents(frame, 'events', min), ...again, ...readPart(frame) }
}

function readPage(frame: Unchecked, type: 'behind' | 'page'): DownMessage {
  const ref = integerField(frame, 'ref', 0)
  const events = readConfirmed(frame, 'events')
  const head = integerField(frame, 'head', events.at(-1)?.seq ?? 0)
  const kept = frame.kept === true && { kept: true as const }
  return { type, ref, events, head, more: booleanField(frame, 'more'), ...kept, ...readPart(frame) }
}

function readAfter(frame: Unchecked): { after: number; afterId: string | null } {
  const after = integerField(frame, 'after', 0)
  return { after, afterId: positionIdField(frame, 'afterId', after) }
}

function readPart(frame: Unchecked): { part?: Part } {
  if (!has(frame, 'part')) return {}
  const part = objectOf(frame.part, 'part')
  try {
    return { part: { index: integerField(part, 'index', 0), last: booleanField(part, 'last') } }
  } catch (error) {
    throw fieldBelow(error, 'part')
  }
}

function readSeqs(frame: Unchecked): number[] {
  return arrayField(frame, 'seqs').map((seq, i) => {
    if (!Number.isSafeInteger(seq) || (seq as number) < 1) throw malformed(`seqs[${i}]`, 'an integer from 1')
    return seq as number
  })
}

function readCode(frame: Unchecked) {
  const code = textField(frame, 'code', 64)
  if (!isErrorCode(code)) throw malformed('code', 'a known error code')
  return code
}

function readError(frame: Unchecked): DownMessage {
  return {
    type: 'error',
    ...(has(frame, 'ref') && { ref: integerField(frame, 'ref', 0) }),
    code: readCode(frame),
    retry: choiceField(frame, 'retry', ['no', 'rebase', 'backoff', 'restart']),
    message: textField(frame, 'message', MESSAGE_LENGTH),
  }
}
