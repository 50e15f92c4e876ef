import { effect, computed as signalComputed } from '@preact/signals-core'
import { describe, expect, it, vi } from 'vitest'
import { computed } from './computed-query.ts'
import { inspectionsOf } from './inspection.ts'
import { lists, open, todo, todos } from './testing/todo-engine.ts'

describe('computed and signal', () => {
  it('chains, cuts off equal values, and evaluates again only when an input changed', () => {
    const { host, engine } = open()
    const evaluations: string[] = []
    const count = computed((get) => {
      evaluations.push('count')
      expect(engine.evaluating).toBe(true)
      return get(todos.where({ done: true })).length
    })
    const title = computed((get) => {
      evaluations.push('title')
      return `${get(count)} done`
    })
    expect(engine.query(title)).toBe('0 done')
    host.commit(lists.insert({ id: 'l', name: 'unrelated' }))
    engine.query(title)
    expect(evaluations).toEqual(['title', 'count'])
    const heard: string[] = []
    engine.subscribe(title, (value) => heard.push(value))
    host.commit(todo('a', { done: true }))
    host.commit(todos.update({ title: 'x' }).where({ id: 'a' }))
    expect(heard).toEqual(['0 done', '1 done'])
    expect(evaluations.filter((name) => name === 'title')).toHaveLength(
      evaluations.filter((name) => name === 'count').length - 1,
    )
    expect(engine.evaluating).toBe(false)
  })

  it('a cycle is an error that says so, and ends when the data do not lead into it', () => {
    const { host, engine } = open()
    // biome-ignore lint/suspicious/noExplicitAny: the types of a cycle go round in one
    const a: any = computed((get) => (get(todos.count()) === 0 ? get(b) : 'a'), { label: 'a' })
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const b: any = computed((get) => get(a), { label: 'b' })
    const cycle = expect.objectContaining({ code: 'query/invalid', message: expect.stringContaining('itself: a') })
    expect(() => engine.query(a)).toThrow(cycle)
    expect(() => engine.query(b)).toThrow(cycle)
    expect(engine.evaluating).toBe(false)
    host.commit(todo('x'))
    expect([engine.query(b), engine.query(a)]).toEqual(['a', 'a'])
  })

  it('a failing computed is reported and recovers', () => {
    const { host, engine, reports } = open()
    const picky = computed(
      (get) => {
        if (get(todos.count()) === 1) throw new Error('one')
        return get(todos.count())
      },
      { label: 'picky' },
    )
    const heard: number[] = []
    engine.subscribe(picky, (n) => heard.push(n))
    host.commit(todo('a'))
    host.commit(todo('b'))
    expect(heard).toEqual([0, 2])
    expect(reports).toEqual([{ error: new Error('one'), label: 'picky' }])
  })

  it('signals are fresh without anyone watching, and feed the app’s own effects and computeds', () => {
    const { host, engine } = open()
    const count = engine.signal(todos.count())
    expect(count.value).toBe(0)
    host.commit(todo('a'))
    expect(count.value).toBe(1)
    const twice = signalComputed(() => count.value * 2)
    const heard: number[] = []
    const stop = effect(() => {
      heard.push(twice.value)
    })
    expect(inspectionsOf(engine)[0]).toMatchObject({ observed: true, subscribers: 0 })
    host.commit(todo('b'))
    stop()
    host.commit(todo('c'))
    expect([heard, twice.value]).toEqual([[2, 4], 6])
    expect(inspectionsOf(engine)[0]?.observed).toBe(false)
  })

  it('query() inside an effect makes no dependency', () => {
    const { host, engine } = open()
    const run = vi.fn(() => void engine.query(todos.count()))
    const stop = effect(run)
    host.commit(todo('a'))
    stop()
    expect(run).toHaveBeenCalledTimes(1)
  })
})
