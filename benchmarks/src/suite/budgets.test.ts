import { expect, it } from 'vitest'
import { excesses, strayBudgets } from './budgets.ts'
import type { Measured, RowResult } from './measure.ts'
import { type Figure, ONE_SIZE, sizesOf } from './row.ts'

const time = { median: 1, p95: 1, p99: 1, spread: 0 }

const measured = (ratio: number | null, size = ONE_SIZE, figures: Figure[] = []): Measured => {
  return { contestant: 'livefold', size, time, ratio, figures, samples: [] }
}

function resultOf(...all: Measured[]): RowResult {
  const row = {
    name: 'commit',
    title: '',
    unit: 'µs' as const,
    reference: 'raw',
    rounds: { warmup: 0, quick: 1, full: 1 },
    start: async () => null,
  }
  return { row, measured: all, growth: [{ contestant: 'livefold', exponent: 0.5, beyond: 0.2 }], noise: [] }
}

it('within the budget, at it, beyond it', () => {
  const budgets = { commit: { livefold: { ratio: 3 } } }
  expect(excesses(budgets, resultOf(measured(2.9)))).toEqual([])
  expect(excesses(budgets, resultOf(measured(3)))).toEqual([])
  expect(excesses(budgets, resultOf(measured(3.1)))).toEqual([
    { row: 'commit', contestant: 'livefold', what: 'time over raw', value: 3.1, budget: 3 },
  ])
})

it('a ratio holds at every size', () => {
  const [small, large] = sizesOf(10, 1_000)
  const result = resultOf(measured(1, small), measured(9, large))
  expect(excesses({ commit: { livefold: { ratio: 3 } } }, result)).toMatchObject([
    { what: 'time over raw at 1,000', value: 9 },
  ])
})

it('growth has a budget of its own', () => {
  expect(excesses({ commit: { livefold: { growth: 0.5 } } }, resultOf(measured(9)))).toEqual([])
  expect(excesses({ commit: { livefold: { growth: 0.4 } } }, resultOf(measured(9)))).toMatchObject([
    { what: 'growth exponent', value: 0.5, budget: 0.4 },
  ])
  expect(excesses({ commit: { livefold: { growthBeyond: 0.2 } } }, resultOf(measured(9)))).toEqual([])
  expect(excesses({ commit: { livefold: { growthBeyond: 0.1 } } }, resultOf(measured(9)))).toMatchObject([
    { what: 'growth exponent beyond raw', value: 0.2, budget: 0.1 },
  ])
})

it('a figure that says how much is allowed is held to it, without any budget', () => {
  const figure = { name: 'growth', value: 65, unit: 'KB', atMost: 64 }
  expect(excesses({}, resultOf(measured(1, ONE_SIZE, [figure])))).toMatchObject([{ what: 'growth (KB)', budget: 64 }])
  expect(excesses({}, resultOf(measured(1, ONE_SIZE, [{ ...figure, value: 64 }])))).toEqual([])
})

it('what was not compared is beyond any budget', () => {
  expect(excesses({ commit: { livefold: { ratio: 3 } } }, resultOf(measured(null)))).toHaveLength(1)
  expect(excesses({ commit: { peer: { ratio: 3 } } }, resultOf(measured(1)))).toHaveLength(1)
  expect(excesses({ commit: { peer: { growth: 3 } } }, resultOf(measured(1)))).toHaveLength(1)
  expect(excesses({ commit: { peer: { growthBeyond: 3 } } }, resultOf(measured(1)))).toHaveLength(1)
  expect(excesses({ commit: { livefold: { ratio: 3 } } }, resultOf(measured(Number.NaN)))).toHaveLength(1)
})

it('a budget for a row that there is not is told', () => {
  expect(strayBudgets({ commit: {}, comit: {} }, [{ name: 'commit' }])).toEqual(['comit'])
})
