import fc from 'fast-check'
import { expect, test } from 'vitest'
import { delimited } from './delimited.ts'

async function records(chunks: readonly Buffer[]): Promise<string[]> {
  async function* source() {
    yield* chunks
  }
  const found: string[] = []
  for await (const record of delimited(source(), 0)) found.push(record.toString('latin1'))
  return found
}

test('records are the same however the stream is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n') })),
      fc.array(fc.nat({ max: 200 })),
      async (wanted, cuts) => {
        const bytes = Buffer.from(wanted.map((record) => `${record}\0`).join(''))
        const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const chunks = edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge))
        expect(await records(chunks)).toEqual(wanted)
      },
    ),
  )
})

test('a last record without its delimiter is kept', async () => {
  expect(await records([Buffer.from('a\0b'), Buffer.from('c')])).toEqual(['a', 'bc'])
})
