import fc from 'fast-check'
import type { NewEvent } from '../../schema/event.ts'
import { todoEvents as events } from '../../testing/todo-schema.ts'

// Few values each, so that events meet in the same rows.
const id = fc.constantFrom('a', 'b', 'c')
const owner = fc.constantFrom('ann', 'bob', 'eve')
const number = fc.constantFrom(1, 2)

const syncedEvent: fc.Arbitrary<NewEvent> = fc.oneof(
  fc.record({ id, title: fc.constantFrom('x', 'null', ''), rank: fc.constantFrom(null, 0, 1) }).map(events.todoPut),
  fc.record({ id, done: fc.boolean() }).map(events.todoDone),
  fc.constant(events.doneCleared({})),
  fc.record({ x: id, y: number, note: fc.constantFrom<string[]>([], ['n']) }).map(events.placeTaken),
  fc.record({ from: id, to: id }).map(events.placeMoved),
  fc.record({ id: number, by: number }).map(events.counted),
  fc.record({ id: number }).map(events.countedUnlessOdd),
  fc.record({ owner, handle: fc.constantFrom('h', 'i', 'j') }).map(events.handleSet),
  fc.record({ a: owner, b: owner }).map(events.handlesSwapped),
)

const localEvent: fc.Arbitrary<NewEvent> = fc.oneof(
  fc.record({ key: id, value: number }).map(events.draftPut),
  fc.record({ key: id, by: number }).map(events.draftCounted),
  fc.record({ key: id }).map(events.draftTaken),
)

/** Events of one synced commit; several throw, depending on what comes before. */
export const syncedEvents = fc.array(syncedEvent, { minLength: 1, maxLength: 3 })
/** Events of one local commit. */
export const localEvents = fc.array(localEvent, { minLength: 1, maxLength: 2 })
