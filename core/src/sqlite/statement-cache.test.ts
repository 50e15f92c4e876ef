import { describe, expect, it } from 'vitest'
import type { Access } from './driver.ts'
import { type CachedStatement, StatementCache } from './statement-cache.ts'

class Fake implements CachedStatement {
  readonly sql: string
  readonly access: Access | null
  busy = false
  used = 0
  finalized = 0

  constructor(sql: string, access: Access | null = null) {
    this.sql = sql
    this.access = access
  }

  finalize(): void {
    this.finalized++
  }
}

const reader: Access = { name: 'reader', refuse: () => null }

describe('StatementCache', () => {
  it('finds by text and by the name of the access', () => {
    const cache = new StatementCache<Fake>(4)
    const free = new Fake('a')
    const read = new Fake('a', reader)
    cache.put(free)
    cache.put(read)
    expect(cache.get('a', null)).toBe(free)
    expect(cache.get('a', { name: 'reader', refuse: () => null })).toBe(read)
    expect(cache.get('a', { name: 'writer', refuse: () => null })).toBe(null)
    expect(cache.get('b', null)).toBe(null)
  })

  it('BND-1 finalizes the statement used longest ago, never more than it must', () => {
    const cache = new StatementCache<Fake>(3)
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((sql) => new Fake(sql)) as [Fake, Fake, Fake, Fake]
    for (const statement of [a, b, c]) cache.put(statement)
    cache.get('a', null)
    cache.put(d)
    expect([a, b, c, d].map((statement) => statement.finalized)).toEqual([0, 1, 0, 0])
    expect(cache.get('b', null)).toBe(null)
    expect(cache.size).toBe(3)
  })

  it('never finalizes a statement that is busy, nor the one just put', () => {
    const cache = new StatementCache<Fake>(2)
    const [a, b, c] = ['a', 'b', 'c'].map((sql) => new Fake(sql)) as [Fake, Fake, Fake]
    a.busy = true
    b.busy = true
    for (const statement of [a, b, c]) cache.put(statement)
    expect([a.finalized, b.finalized, c.finalized]).toEqual([0, 0, 0])
    a.busy = false
    cache.put(new Fake('d'))
    expect([a.finalized, b.finalized]).toEqual([1, 0])
  })

  it('replaces a statement of the same text, but not while it runs', () => {
    const cache = new StatementCache<Fake>(2)
    const first = new Fake('a')
    const second = new Fake('a')
    cache.put(first)
    first.busy = true
    cache.put(second)
    expect(cache.get('a', null)).toBe(first)
    first.busy = false
    cache.put(second)
    expect(cache.get('a', null)).toBe(second)
    expect([first.finalized, second.finalized, cache.size]).toEqual([1, 0, 1])
  })

  it('finalizes all of them once when cleared', () => {
    const cache = new StatementCache<Fake>(3)
    const statements = ['a', 'b', 'c'].map((sql) => new Fake(sql))
    for (const statement of statements) cache.put(statement)
    cache.clear()
    cache.clear()
    expect(statements.map((statement) => statement.finalized)).toEqual([1, 1, 1])
    expect([cache.size, cache.get('a', null)]).toEqual([0, null])
  })
})
