import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { nameField } from '../protocol/fields.ts'
import type { Adapter } from './adapter.ts'
import { createStore, deleteStore } from './create-store.ts'
import { notesSchema } from './testing/notes-schema.ts'

const adapter: Adapter = {
  connect: () => Promise.reject(new Error('not asked')),
  delete: async () => {},
}

test('SYNC-2: a store may have the ids that a sync server takes, and no others', async () => {
  const parts = fc.constantFrom('a', 'team-1', ' ', 'é', '😀', '\n', '\0', '\u007f', '\u0085', '\ud800', 'x'.repeat(99))
  await fc.assert(
    fc.asyncProperty(fc.array(parts, { maxLength: 5 }), async (texts) => {
      const storeId = texts.join('')
      const refusal = await deleteStore({ storeId, adapter }).catch((thrown: unknown) => thrown)
      expect(refusal instanceof StoreError).toBe(!isTaken(storeId))
    }),
  )
})

test('what createStore was not given is said', async () => {
  const refusal = await createStore({ storeId: 'a' } as never).catch((thrown: unknown) => thrown)
  expect(refusal).toMatchObject({
    code: 'schema/invalid',
    message: 'createStore({ schema, storeId, adapter }) was given no schema and no adapter.',
  })
})

test.each([
  ['tables', { schema: { notes: {} } }, 'a schema that defineSchema did not make'],
  ['a number', { storeId: 5 }, 'the number 5 as its storeId'],
  ['an adapter that was not called', { adapter: () => adapter }, 'something else than an adapter'],
])('%s instead of what createStore takes is refused, and what it takes is said', async (_, wrong, said) => {
  const given = { schema: notesSchema(), storeId: 'a', adapter, ...wrong }
  const refusal = await createStore(given as never).catch((thrown: unknown) => thrown)
  expect(refusal).toMatchObject({ code: 'schema/invalid', message: expect.stringContaining(said) })
})

function isTaken(storeId: string): boolean {
  try {
    nameField({ storeId }, 'storeId', 'no control')
    return true
  } catch {
    return false
  }
}
