import { batch, effect } from '@preact/signals-core'
import { describe, expect, it } from 'vitest'
import { sql } from '../sql/tagged.ts'
import { computed } from './computed-query.ts'
import { inspectionsOf } from './inspection.ts'
import { openSource, QueryObserver } from './observer.ts'
import { open, todo, todos } from './testing/todo-engine.ts'

/** An observer over an open engine, and the values that its listener heard. */
function observe<Q>(engine: ReturnType<typeof open>['engine'], query: Q, together?: (run: () => void) => void) {
  const observer = new QueryObserver<Q | undefined>(openSource(engine), query, together && { together })
  const heard: unknown[] = []
  const stop = observer.subscribe(() => heard.push(observer.current))
  return { observer, heard, stop }
}

const observed = (engine: ReturnType<typeof open>['engine']) =>
  inspectionsOf(engine).filter((query) => query.observed).length

describe('current', () => {
  it('QRY-1 is fresh with and without a listener', () => {
    const { host, engine } = open()
    const observer = new QueryObserver(openSource(engine), todos.count())
    expect(observer.current).toBe(0)
    host.commit(todo('a'))
    expect(observer.current).toBe(1)
    const stop = observer.subscribe(() => {})
    host.commit(todo('b'))
    expect(observer.current).toBe(2)
    stop()
    host.commit(todo('c'))
    expect(observer.current).toBe(3)
    expect(observed(engine)).toBe(0)
  })

  it('is undefined while there is no query', () => {
    const { engine } = open()
    for (const nothing of [null, undefined, false] as const) {
      expect(new QueryObserver(openSource(engine), nothing).current).toBe(undefined)
    }
  })

  it('throws what the query throws, and recovers with it', () => {
    const { host, engine } = open()
    const most = computed((get) => {
      if (get(todos.count()) > 1) throw new RangeError('too many')
      return 'fine'
    })
    const { observer, heard } = observe(engine, most)
    host.commit(todo('a'), todo('b'))
    expect(() => observer.current).toThrow(RangeError)
    host.commit(todos.delete().where({ id: 'a' }))
    expect(observer.current).toBe('fine')
    expect(heard).toEqual(['fine'])
  })

  it('SQL that does not compile throws where it is read, and not where it is subscribed', () => {
    const { engine, reports } = open()
    const observer = new QueryObserver(openSource(engine), sql`select nothing from todos`)
    observer.subscribe(() => {})
    expect(() => observer.current).toThrow(expect.objectContaining({ code: 'query/invalid' }))
    expect(reports).toEqual([])
  })
})

describe('subscribe', () => {
  it('QRY-2 hears once per change of the value, and of nothing else', () => {
    const { host, engine } = open()
    const { heard } = observe(engine, todos.where({ done: true }).count())
    host.commit(todo('a'))
    host.commit(todo('b', { done: true }), todo('c', { done: true }))
    host.commit(todos.update({ title: 'x' }).where({ id: 'b' }))
    engine.batch(() => {
      host.commit(todo('d', { done: true }))
      host.commit(todos.delete().where({ id: 'd' }))
    })
    expect(heard).toEqual([2])
  })

  it('two observers of one change are told together, each with both values current', () => {
    const { host, engine } = open()
    const rounds: unknown[] = []
    const together = (run: () => void) => {
      rounds.push('begin')
      run()
      rounds.push('end')
    }
    const count = observe(engine, todos.count(), together)
    const list = observe(engine, todos, together)
    count.observer.subscribe(() => rounds.push([count.observer.current, list.observer.current?.length]))
    list.observer.subscribe(() => rounds.push([count.observer.current, list.observer.current?.length]))
    host.commit(todo('a'), todo('b'))
    expect(rounds).toEqual(['begin', [2, 2], [2, 2], 'end'])
  })

  it('a listener that commits is heard out; a circle ends with a report', () => {
    const { host, engine, reports } = open()
    const { observer, heard } = observe(engine, todos.count())
    let most = 3
    observer.subscribe(() => {
      if ((observer.current ?? 0) < most) host.commit(todo(`n${observer.current}`))
    })
    host.commit(todo('a'))
    expect(heard).toEqual([1, 2, 3])
    most = Number.POSITIVE_INFINITY
    host.commit(todo('b'))
    expect(String(reports[0]?.error)).toContain('round in circles')
    most = 0
    host.commit(todo('c'))
    expect(heard.at(-1)).toBe(observer.current)
  })

  it('a listener that throws is reported, and the others hear all the same', () => {
    const { host, engine, reports } = open()
    const observer = new QueryObserver(openSource(engine), todos.count())
    observer.subscribe(() => {
      throw new Error('mine')
    })
    let heard = 0
    observer.subscribe(() => heard++)
    host.commit(todo('a'))
    expect([heard, reports.length]).toEqual([1, 1])
  })

  it('a listener ended by another one in the same round hears nothing', () => {
    const { host, engine } = open()
    const observer = new QueryObserver(openSource(engine), todos.count())
    let heard = 0
    observer.subscribe(() => end())
    const end = observer.subscribe(() => heard++)
    host.commit(todo('a'))
    expect(heard).toBe(0)
  })

  it('news within a batch of the app comes at its end; an effect that subscribes is not run again by it', () => {
    const { host, engine } = open()
    const heard: unknown[] = []
    let runs = 0
    const stop = effect(() => {
      runs++
      const { observer } = observe(engine, todos.count())
      observer.subscribe(() => heard.push(observer.current))
    })
    batch(() => {
      host.commit(todo('a'))
      host.commit(todo('b'))
      expect(heard).toEqual([])
    })
    expect([runs, heard]).toEqual([1, [2]])
    stop()
  })

  it('BND-1 leaves nothing observed behind, whatever was followed in between', () => {
    const { host, engine } = open()
    const { observer, stop } = observe(engine, todos)
    const more = observer.subscribe(() => {})
    observer.look(todos.where({ id: 'a' }) as never)
    observer.look(undefined)
    observer.look(todos.where({ id: 'b' }) as never)
    expect(observed(engine)).toBe(1)
    stop()
    stop()
    expect(observed(engine)).toBe(1)
    more()
    expect(observed(engine)).toBe(0)
    host.commit(todo('a'))
  })
})

describe('look', () => {
  it('follows another query: current is its value at once, nothing of the old one is heard', () => {
    const { host, engine } = open()
    host.commit(todo('a'), todo('b', { done: true }))
    const { observer, heard } = observe(engine, todos.where({ done: false }).count())
    observer.look(todos.where({ done: true }) as never)
    expect(observer.current).toHaveLength(1)
    expect([heard, observer.delta]).toEqual([[], null])
    host.commit(todo('c'))
    expect(heard).toEqual([])
    host.commit(todo('d', { done: true }))
    expect(heard).toHaveLength(1)
  })

  it('an equal definition changes nothing: the delta survives', () => {
    const { host, engine } = open()
    const { observer } = observe(engine, todos.where({ done: false }))
    host.commit(todo('a'))
    observer.look(todos.where({ done: false }))
    expect(observer.delta?.inserted).toHaveLength(1)
  })

  it('to nothing and back', () => {
    const { host, engine } = open()
    const { observer, heard } = observe(engine, todos.count())
    observer.look(undefined)
    expect(observer.current).toBe(undefined)
    host.commit(todo('a'))
    expect(heard).toEqual([])
    observer.look(todos.count())
    expect(observer.current).toBe(1)
    host.commit(todo('b'))
    expect(heard).toEqual([2])
  })

  it('what both queries read stays live while one gives way to the other', () => {
    const { engine, runs } = open()
    const all = todos.orderBy('rank')
    const first = computed((get) => get(all).length)
    const second = computed((get) => get(all)[0])
    const { observer } = observe<unknown>(engine, first)
    observer.look(second)
    expect([runs(), observed(engine)]).toEqual([1, 1])
  })

  it('follows another store', () => {
    const [a, b] = [open(), open()]
    b.host.commit(todo('x'))
    const { observer, heard } = observe(a.engine, todos.count())
    observer.look(todos.count(), openSource(b.engine))
    expect(observer.current).toBe(1)
    a.host.commit(todo('a'))
    b.host.commit(todo('y'))
    expect(heard).toEqual([2])
    expect(observed(a.engine)).toBe(0)
  })
})

describe('another replica', () => {
  it('is told once, and only where the value is another', () => {
    const { host, engine } = open()
    const next = open()
    host.commit(todo('a'))
    next.host.commit(todo('a'), todo('b', { done: true }))
    const open_ = observe(engine, todos.where({ done: false }))
    const all = observe(engine, todos.count())
    const row = open_.observer.current?.[0]
    engine.rebind(next.host)
    expect([open_.heard, all.heard]).toEqual([[], [2]])
    expect(open_.observer.current?.[0]).toBe(row)
    next.host.commit(todo('c'))
    expect([open_.heard.length, all.heard]).toEqual([1, [2, 3]])
  })
})

describe('delta', () => {
  it('tells how the list of the last news came out of the one before', () => {
    const { host, engine } = open()
    host.commit(todo('a', { rank: 1 }), todo('b', { rank: 2 }), todo('c', { rank: 3 }))
    const { observer } = observe(engine, todos.orderBy('rank'))
    expect(observer.delta).toBe(null)
    host.commit(todo('d', { rank: 4 }))
    const gone = todos.delete().where({ id: 'b' })
    host.commit(todos.update({ rank: 9 }).where({ id: 'a' }), gone, todo('e', { rank: 5 }))
    expect(observer.delta).toMatchObject({
      removed: [1],
      inserted: [{ at: 2, row: { id: 'e' } }],
      moved: [{ from: 0, to: 3 }],
      updated: [{ at: 3, before: { rank: 1 }, row: { rank: 9 } }],
    })
    host.commit(todos.update({ title: 'x' }).where({ id: 'c' }))
    expect(observer.delta).toMatchObject({ removed: [], inserted: [], moved: [], updated: [{ at: 0 }] })
  })

  it('is null for what is no list', () => {
    const { host, engine } = open()
    const { observer } = observe(engine, todos.count())
    host.commit(todo('a'))
    expect(observer.delta).toBe(null)
  })
})

describe('close', () => {
  it('keeps what was shown also of a query that took the place of another', () => {
    const { host, engine } = open()
    host.commit(todo('a'))
    const { observer } = observe<unknown>(engine, todos)
    observer.look(todos.count())
    engine.close()
    host.commit(todo('b'))
    expect(observer.current).toBe(1)
  })

  it('keeps what was shown, and tells nobody', () => {
    const { host, engine } = open()
    host.commit(todo('a'))
    const { observer, heard, stop } = observe(engine, todos.count())
    engine.close()
    expect([observer.current, heard]).toEqual([1, []])
    const unheard = new QueryObserver(openSource(engine), todos.count())
    expect(() => unheard.current).toThrow(expect.objectContaining({ code: 'store/closed' }))
    stop()
  })
})
