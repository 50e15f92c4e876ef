import { expect, it } from 'vitest'
import { measureRow } from './measure.ts'
import type { Row } from './row.ts'

const setting = { quick: true, directory: () => '/nowhere' }

function rowOf(log: string[], times: Record<string, number>): Row {
  return {
    name: 'row',
    title: 'a row',
    unit: 'µs',
    reference: 'raw',
    rounds: { warmup: 1, quick: 2, full: 9 },
    async start({ name }) {
      const time = times[name]
      if (time === undefined) return null
      return {
        sample() {
          log.push(name)
          return time
        },
        end: () => void log.push(`end ${name}`),
      }
    },
  }
}

it('contestants take turns in every round, in alternating order, and all are ended', async () => {
  const log: string[] = []
  await measureRow(rowOf(log, { raw: 1, ours: 3 }), [{ name: 'raw' }, { name: 'ours' }], setting)
  expect(log).toEqual(['raw', 'ours', 'raw', 'ours', 'ours', 'raw', 'end raw', 'end ours'])
})

it('ratios are over the reference; who cannot take part is left out', async () => {
  const contestants = [{ name: 'raw' }, { name: 'absent' }, { name: 'ours' }]
  const result = await measureRow(rowOf([], { raw: 2, ours: 3 }), contestants, setting)
  expect(result?.measured.map(({ contestant, ratio }) => [contestant, ratio])).toEqual([
    ['raw', 1],
    ['ours', 1.5],
  ])
})

it('a failing sample ends all trials and passes on', async () => {
  const log: string[] = []
  const row = rowOf(log, { raw: 1 })
  const failing: Row = {
    ...row,
    async start(contestant, given) {
      const trial = await row.start(contestant, given)
      return trial && { ...trial, sample: () => Promise.reject(new Error('no')) }
    },
  }
  await expect(measureRow(failing, [{ name: 'raw' }], setting)).rejects.toThrow('no')
  expect(log).toEqual(['end raw'])
})
