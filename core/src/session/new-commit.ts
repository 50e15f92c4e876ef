import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { type EventRecord, eventId } from '../protocol/event-record.ts'
import { maxEventBytes, mostEventBytes } from '../protocol/event-size.ts'
import { defaultLimits } from '../protocol/sync-messages.ts'
import type { NewEvent } from '../schema/event.ts'
import type { AnySchema } from '../schema/schema.ts'
import { nameOf } from '../schema/table-structure.ts'

export interface Author {
  readonly clientId: string
  readonly sessionId: string
  readonly parent: number
  readonly at: number
}

export interface NewCommit {
  readonly commit: EventRecord[]
  readonly local: boolean
}

/**
 * The records of one `store.commit(…)` of one event at least, validated. `n` numbers the first.
 *
 * @throws StoreError `event/unknown`, `event/invalid` or `event/too-large`; nothing has happened then.
 */
export function newCommit(schema: AnySchema, events: readonly NewEvent[], author: Author, n: number): NewCommit {
  const { length } = events
  if (length > defaultLimits.commitEvents) throw tooLarge(`${length} events, more than ${defaultLimits.commitEvents}`)
  // A loop without functions, and a list of one to begin with: most commits are of one event.
  const first = events[0] as NewEvent
  const commit = [record(schema, first, author, n, length === 1)]
  const { local } = first
  let mixed = false
  for (let i = 1; i < length; i++) {
    const event = events[i] as NewEvent
    commit.push(record(schema, event, author, n + i, i === length - 1))
    mixed ||= event.local !== local
  }
  if (mixed) {
    throw new StoreError('event/invalid', 'A commit is all synced or all local events: commit them separately.', {
      details: { events: events.map((event) => event.name) },
    })
  }
  checkSize(commit)
  return { commit, local }
}

/** What was given instead of an event. */
function notEvent(given: unknown): string {
  const what = Array.isArray(given)
    ? 'a list: spread it, `commit(...list)`'
    : typeof given === 'function'
      ? `the definition ${given.name} itself: call it with the args`
      : nameOf(given) + (typeof given === 'object' && given ? ' that no definition made' : '')
  return `store.commit takes events, such as events.todoCreated({ … }), and was given ${what}.`
}

function record(schema: AnySchema, event: NewEvent, author: Author, n: number, last: boolean): EventRecord {
  if (
    DEVELOPMENT &&
    (typeof event !== 'object' || typeof event?.name !== 'string' || typeof event.local !== 'boolean')
  ) {
    throw new StoreError('event/invalid', notEvent(event))
  }
  const definition = schema.events.get(event.name)
  if (!definition) {
    throw new StoreError(
      'event/unknown',
      `The schema has no event "${event.name}". Add it to defineEvents, or commit it to its own store.`,
      {
        details: { event: event.name },
      },
    )
  }
  const args: Json = definition.validate(event.args)
  const { clientId, sessionId, parent, at } = author
  const made = { id: eventId(sessionId, n), name: event.name, args, clientId, sessionId, parent, at }
  return last ? made : { ...made, joined: true }
}

function checkSize(commit: readonly EventRecord[]): void {
  const largest = maxEventBytes(defaultLimits)
  let most = 0
  let mostOfOne = 0
  for (const event of commit) {
    const size = mostEventBytes(event)
    most += size
    if (size > mostOfOne) mostOfOne = size
  }
  if (most <= defaultLimits.commitBytes && mostOfOne <= largest) return
  // So near the limits texts are made: it is seldom, and costs what sending them will.
  let bytes = 0
  for (const event of commit) {
    const size = new TextEncoder().encode(JSON.stringify(event)).length
    if (size > largest) throw tooLarge(`the event ${event.name} takes ${size} bytes, more than ${largest}`)
    bytes += size
  }
  if (bytes > defaultLimits.commitBytes) throw tooLarge(`${bytes} bytes, more than ${defaultLimits.commitBytes}`)
}

function tooLarge(what: string): StoreError {
  return new StoreError(
    'event/too-large',
    `This commit is too large: ${what}. Split it into several; nothing of it was applied.`,
    {
      details: { limits: { ...defaultLimits } },
    },
  )
}
