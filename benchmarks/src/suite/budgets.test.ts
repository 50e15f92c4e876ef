import { expect, it } from 'vitest'
import { excesses, strayBudgets } from './budgets.ts'
import type { RowResult } from './measure.ts'

const time = { median: 1, p95: 1, p99: 1, spread: 0 }

function resultOf(ratio: number | null): RowResult {
  const row = {
    name: 'commit',
    title: '',
    unit: 'µs' as const,
    reference: 'raw',
    rounds: { warmup: 0, quick: 1, full: 1 },
    start: async () => null,
  }
  return { row, measured: [{ contestant: 'livefold', time, ratio, samples: [] }], noise: [] }
}

it('within the budget, at it, beyond it', () => {
  const budgets = { commit: { livefold: 3 } }
  expect(excesses(budgets, resultOf(2.9))).toEqual([])
  expect(excesses(budgets, resultOf(3))).toEqual([])
  expect(excesses(budgets, resultOf(3.1))).toEqual([
    { row: 'commit', contestant: 'livefold', reference: 'raw', ratio: 3.1, budget: 3 },
  ])
})

it('what was not compared is beyond any budget', () => {
  expect(excesses({ commit: { livefold: 3 } }, resultOf(null))).toHaveLength(1)
  expect(excesses({ commit: { peer: 3 } }, resultOf(1))).toHaveLength(1)
  expect(excesses({ commit: { livefold: 3 } }, resultOf(Number.NaN))).toHaveLength(1)
})

it('a budget for a row that there is not is told', () => {
  expect(strayBudgets({ commit: {}, comit: {} }, [{ name: 'commit' }])).toEqual(['comit'])
})
