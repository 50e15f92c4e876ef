import { expect, it, vi } from 'vitest'
import { localHost } from './host.ts'
import { measureRow } from './measure.ts'
import { type Row, sizesOf } from './row.ts'

const setting = { quick: true, directory: () => '/nowhere' }
const host = (...names: string[]) =>
  localHost(
    names.map((name) => ({ name })),
    setting,
  )

function rowOf(log: string[], times: Record<string, number>): Row {
  return {
    name: 'row',
    title: 'a row',
    unit: 'µs',
    reference: 'raw',
    rounds: { warmup: 1, quick: 2, full: 9 },
    async start({ name }, _, { n }) {
      const time = times[name]
      if (time === undefined) return null
      return {
        sample() {
          log.push(name)
          return time * n
        },
        figures: () => [{ name: 'seen', value: log.length, unit: '' }],
        end: () => void log.push(`end ${name}`),
      }
    },
  }
}

it('contestants take turns in every round, in alternating order, and all are ended', async () => {
  const log: string[] = []
  await measureRow(rowOf(log, { raw: 1, ours: 3 }), host('raw', 'ours'), true)
  expect(log).toEqual(['raw', 'ours', 'raw', 'ours', 'ours', 'raw', 'end raw', 'end ours'])
})

it('ratios are over the reference; who cannot take part is left out; figures are asked for at the end', async () => {
  const result = await measureRow(rowOf([], { raw: 2, ours: 3 }), host('raw', 'absent', 'ours'), true)
  expect(result?.measured.map(({ contestant, ratio }) => [contestant, ratio])).toEqual([
    ['raw', 1],
    ['ours', 1.5],
  ])
  expect(result?.measured[1]?.figures).toEqual([{ name: 'seen', value: 6, unit: '' }])
})

it('at several sizes, ratios are taken at each and growth over all', async () => {
  const sizes = sizesOf(10, 100, 1_000)
  const row = { ...rowOf([], { raw: 2, ours: 3 }), sizes: { quick: sizes, full: sizes } }
  const result = await measureRow(row, host('raw', 'ours'), true)
  expect(result?.measured.map(({ contestant, size, ratio }) => [contestant, size.label, ratio])).toEqual([
    ['raw', '10', 1],
    ['ours', '10', 1.5],
    ['raw', '100', 1],
    ['ours', '100', 1.5],
    ['raw', '1,000', 1],
    ['ours', '1,000', 1.5],
  ])
  expect(result?.growth.map(({ contestant }) => contestant)).toEqual(['raw', 'ours'])
  expect(result?.growth[1]?.exponent).toBeCloseTo(1)
  expect(result?.growth[1]?.beyond).toBeCloseTo(0)
})

it('one size is measured after the other, small work more often', async () => {
  const log: string[] = []
  const sizes = [
    { label: 'small', n: 1, repeat: 2 },
    { label: 'large', n: 2 },
  ]
  const result = await measureRow(
    { ...rowOf(log, { raw: 1 }), sizes: { quick: sizes, full: sizes } },
    host('raw'),
    true,
  )
  expect(log).toEqual([...Array.from({ length: 6 }, () => 'raw'), 'end raw', 'raw', 'raw', 'raw', 'end raw'])
  expect(result?.measured.map(({ samples }) => samples)).toEqual([
    [1, 1, 1, 1],
    [2, 2],
  ])
})

it('a contestant that takes minutes sits out, once it has enough samples', async () => {
  const log: string[] = []
  const row = rowOf(log, { raw: 1, slow: 3 })
  const slow: Row = {
    ...row,
    rounds: { warmup: 0, quick: 6, full: 6 },
    async start(contestant, given, size) {
      const trial = await row.start(contestant, given, size)
      const sample = async () => {
        if (contestant.name === 'slow') vi.advanceTimersByTime(15_000)
        return (await trial?.sample()) as number
      }
      return trial && { ...trial, sample }
    },
  }
  vi.useFakeTimers({ toFake: ['performance'] })
  const result = await measureRow(slow, host('raw', 'slow'), true).finally(() => vi.useRealTimers())
  expect(result?.measured.map(({ samples, ratio }) => [samples.length, ratio])).toEqual([
    [6, 1],
    [3, 3],
  ])
})

it('a failing sample ends all trials and passes on', async () => {
  const log: string[] = []
  const row = rowOf(log, { raw: 1 })
  const failing: Row = {
    ...row,
    async start(contestant, given, size) {
      const trial = await row.start(contestant, given, size)
      return trial && { ...trial, sample: () => Promise.reject(new Error('no')) }
    },
  }
  await expect(measureRow(failing, host('raw'), true)).rejects.toThrow('no')
  expect(log).toEqual(['end raw'])
})
