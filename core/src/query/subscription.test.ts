import { effect } from '@preact/signals-core'
import { describe, expect, it, vi } from 'vitest'
import { queryDb } from '../sql/definition.ts'
import { inspectionsOf } from './inspection.ts'
import { QueryEngine } from './query-engine.ts'
import { queryParts } from './testing/query-parts.ts'
import { TestHost } from './testing/test-host.ts'
import { lists, open, todo, todos } from './testing/todo-engine.ts'

describe('listeners', () => {
  it('that throw are reported, and neither the commit nor other listeners notice', () => {
    const { host, engine, reports } = open()
    const heard: number[] = []
    const failing = queryDb(todos.count(), { label: 'counter' })
    engine.subscribe(failing, (n) => {
      if (n > 0) throw new Error(`listener ${n}`)
    })
    engine.subscribe(todos.count(), (n) => heard.push(n))
    const signal = engine.signal(failing)
    const stop = effect(() => {
      if (signal.value === 2) throw new Error('effect')
    })
    host.commit(todo('a'))
    host.commit(todo('b'))
    host.commit(todo('c'))
    stop()
    expect(heard).toEqual([0, 1, 2, 3])
    expect(reports.map(({ error, label }) => `${label}: ${(error as Error).message}`)).toEqual([
      'counter: listener 1',
      'effect: effect',
      'counter: listener 2',
      'counter: listener 3',
    ])
  })

  it('may throw through a report that throws itself', async () => {
    const host = new TestHost([todos, lists])
    const engine = new QueryEngine(host, {
      parts: () => queryParts,
      report: () => {
        throw new Error('report')
      },
    })
    const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve))
    engine.subscribe(todos.count(), (n) => {
      if (n > 0) throw new Error('listener')
    })
    host.commit(todo('a'))
    expect(((await unhandled) as Error).message).toBe('report')
  })

  it('may commit: the change applies at once, its news comes after', () => {
    const { host, engine } = open()
    const seen: unknown[] = []
    engine.subscribe(todos.count(), (n) => {
      seen.push(`a${n}`)
      if (n === 1) {
        host.commit(todo('b'))
        seen.push(`committed ${engine.query(todos.count())}`)
      }
    })
    engine.subscribe(todos.count(), (n) => seen.push(`b${n}`))
    host.commit(todo('a'))
    expect(seen).toEqual(['a0', 'b0', 'a1', 'committed 2', 'b2', 'a2'])
  })

  it('that commit for ever are cut off and reported, and queries stay fresh', () => {
    const { host, engine, reports } = open()
    let next = 0
    engine.subscribe(todos.count(), () => host.commit(todo(`t${next++}`)))
    expect(reports.map(({ error }) => (error as Error).message)).toEqual([expect.stringContaining('round in circles')])
    expect(next).toBeLessThan(200)
    expect(engine.query(todos.count())).toBe(next)
  })

  it('may subscribe and unsubscribe, themselves and others, in the middle of a round', () => {
    const { host, engine } = open()
    const seen: string[] = []
    const stops: (() => void)[] = []
    const inner: (() => void)[] = []
    stops.push(
      engine.subscribe(todos.count(), (n) => {
        seen.push(`first ${n}`)
        if (n !== 1) return
        stops[0]?.()
        stops[1]?.()
        inner.push(engine.subscribe(todos, (rows) => seen.push(`inner ${rows.length}`)))
      }),
      engine.subscribe(todos.count(), (n) => seen.push(`second ${n}`)),
    )
    host.commit(todo('a'))
    expect(seen).toEqual(['first 0', 'second 0', 'first 1', 'inner 1'])
    host.commit(todo('b'))
    expect(seen.at(-1)).toBe('inner 2')
    stops[0]?.()
    inner[0]?.()
    host.commit(todo('c'))
    expect(seen).toHaveLength(5)
    expect(inspectionsOf(engine).every(({ subscribers, observed }) => subscribers === 0 && !observed)).toBe(true)
  })

  it('do not hear the current value when it is not asked for', () => {
    const { host, engine } = open()
    const listener = vi.fn()
    const stop = engine.subscribe(todos.count(), listener, { immediate: false })
    expect(listener).not.toHaveBeenCalled()
    host.commit(todo('a'))
    stop()
    stop()
    host.commit(todo('b'))
    expect(listener.mock.calls).toEqual([[1]])
  })
})
