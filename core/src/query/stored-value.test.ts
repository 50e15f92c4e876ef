import fc from 'fast-check'
import { expect, it } from 'vitest'
import { storedDiffers, storedKey } from './stored-value.ts'

it('finds two stored values equal exactly when SQLite does', () => {
  const equal: Parameters<typeof storedDiffers>[] = [
    [1, 1n],
    [2 ** 53, 2n ** 53n],
    [0, -0],
    [new Uint8Array([0, 255]), new Uint8Array([0, 255])],
    [new Uint8Array(), new Uint8Array()],
  ]
  const different: Parameters<typeof storedDiffers>[] = [
    [null, 'null'],
    [null, 0],
    [1, '1'],
    [2n ** 62n, 2n ** 62n + 1n],
    [2 ** 62, 2n ** 62n + 1n],
    [new Uint8Array(), ''],
    [new Uint8Array([97]), 'a'],
    [new Uint8Array([1]), new Uint8Array([1, 0])],
  ]
  for (const [a, b] of equal) expect([storedDiffers(a, b), storedKey(a) === storedKey(b)]).toEqual([false, true])
  for (const [a, b] of different) expect([storedDiffers(a, b), storedKey(a) === storedKey(b)]).toEqual([true, false])
})

it('tells blobs apart by every byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (a, b) => {
      expect(storedDiffers(a, b)).toBe(String(a) !== String(b))
    }),
  )
})
