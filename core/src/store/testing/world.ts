import { TestBackend } from '../../testing/test-backend.ts'
import { TestClient } from '../../testing/test-client.ts'
import { VirtualClock } from '../../testing/virtual-clock.ts'
import { events, notesSchema } from './notes-schema.ts'

export const add = (id: string, text = '') => events.noteAdded({ id, text })

/** A server and as many clients as are asked for, on one virtual clock. */
export function world(options: ConstructorParameters<typeof TestBackend>[1] = {}) {
  const clock = new VirtualClock()
  const backend = new TestBackend(clock, options)
  let seed = 0
  const client = (sync: TestBackend | undefined = backend, schema = notesSchema()) =>
    new TestClient({ schema, clock, seed: ++seed, ...(sync && { sync }) })
  return { clock, backend, client }
}
