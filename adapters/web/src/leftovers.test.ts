import type { UnackedCommit } from '@livefold/core/adapter'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { commitsIn } from './leftover-courier.ts'
import { leftoverKeys } from './leftover-keys.ts'
import { LEFTOVER_LIMIT, removeLeftovers, writeLeftovers } from './leftovers.ts'

/** A localStorage of limited size; Object.keys lists its keys, as the real one does. */
function storage(limit: number): Record<string, unknown> {
  const methods = {
    getItem: (key: string) => (Object.hasOwn(store, key) ? store[key] : null),
    removeItem: (key: string) => {
      delete store[key]
    },
    setItem(key: string, text: string) {
      if (text.length > limit) throw new DOMException('full', 'QuotaExceededError')
      store[key] = text
    },
  }
  const store: Record<string, unknown> = Object.create(methods)
  return store
}

const commits = (count: number, size: number): UnackedCommit[] =>
  Array.from({ length: count }, (_, i) => ({
    local: false,
    events: [
      { id: `s.${i + 1}`, name: 'v1.X', args: 'x'.repeat(size), clientId: 'c', sessionId: 's', parent: 0, at: 0 },
    ],
  }))

const PREFIX = 'store:leftover:'
const KEY = `${PREFIX}a`
const kept = () => commitsIn(localStorage.getItem(KEY) ?? '[]') ?? []

beforeEach(() => void vi.stubGlobal('localStorage', storage(Number.POSITIVE_INFINITY)))
afterEach(() => void vi.unstubAllGlobals())

it('keeps commits and gives them back', () => {
  writeLeftovers(KEY, commits(3, 10))
  expect(leftoverKeys(PREFIX)).toEqual(['store:leftover:a'])
  expect(kept()).toEqual(commits(3, 10))
})

it('nothing to keep removes what was kept', () => {
  writeLeftovers(KEY, commits(1, 10))
  writeLeftovers(KEY, [])
  expect(leftoverKeys(PREFIX)).toEqual([])
})

it('LOG-4 of too much it keeps the oldest, in order', () => {
  const many = commits(5, LEFTOVER_LIMIT / 3)
  writeLeftovers(KEY, many)
  expect(kept()).toEqual(many.slice(0, 2))
})

it('a full localStorage takes fewer', () => {
  vi.stubGlobal('localStorage', storage(1_000))
  const many = commits(8, 200)
  writeLeftovers(KEY, many)
  expect(kept()).toEqual(many.slice(0, kept().length))
  expect(kept().length).toBeGreaterThan(0)
})

it('without a localStorage nothing is kept, and nothing breaks', () => {
  vi.stubGlobal('localStorage', undefined)
  expect(leftoverKeys(PREFIX)).toEqual([])
  expect(() => writeLeftovers(KEY, commits(1, 10))).not.toThrow()
  expect(() => removeLeftovers(KEY)).not.toThrow()
})

it('what is no list of commits is told apart', () => {
  expect(commitsIn('{')).toBeNull()
  expect(commitsIn('{}')).toBeNull()
})
