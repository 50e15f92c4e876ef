import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromPlain, toPlain } from './plain-value.ts'

const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 5 }),
)
const name = fc
  .oneof(fc.constantFrom('$', 'v', '$$', 'id'), fc.string({ minLength: 1, maxLength: 3 }))
  .filter((n) => n !== '__proto__')
const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(name, tie('node'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).node

it('every result survives JSON, whatever its columns and JSON members are called', () => {
  fc.assert(
    fc.property(value, (given) => {
      expect(fromPlain(JSON.parse(JSON.stringify(toPlain(given))))).toStrictEqual(given)
    }),
  )
})
