import { expect, test } from 'vitest'
import type { Row } from '../sqlite/driver.ts'
import { computed } from './computed-query.ts'
import { openSource, QueryObserver } from './observer.ts'
import { open, todo, todos } from './testing/todo-engine.ts'

const now = () => 0
const tagged = todos.update({ tags: ['b'] }).where({ id: 'a' })
const write = (row: unknown) => {
  ;(row as Row).title = 'mine'
}

test.each([
  ['a list', todos, (value: unknown) => (value as Row[])[0]],
  ['a limited list', todos.orderBy('rank').limit(5), (value: unknown) => (value as Row[])[0]],
  ['a row', todos.where({ id: 'a' }).first(), (value: unknown) => value],
] as const)(
  'QRY-1 in development %s is frozen with its rows and their JSON: first read, run again, patched',
  (_, query, rowIn) => {
    const { host, engine } = open({ now })
    host.commit(todo('a'), todo('b'))
    for (const value of [engine.query(query), engine.query(query)]) {
      expect(() => write(rowIn(value))).toThrow(TypeError)
      expect(Object.isFrozen(value)).toBe(true)
    }
    const heard: unknown[] = []
    engine.subscribe(query, (value) => heard.push(value))
    host.commit(tagged)
    const row = rowIn(heard.at(-1)) as Row
    expect(row.tags).toEqual(['b'])
    expect(() => (row.tags as string[]).push('c')).toThrow(TypeError)
    expect(() => write(row)).toThrow(TypeError)
  },
)

test('an observer shows frozen rows too, dates and blobs do no harm, and what an app computes is its own', () => {
  const { host, engine } = open({ now })
  host.commit(todo('a'))
  const observer = new QueryObserver(openSource(engine), todos)
  observer.subscribe(() => {})
  host.commit(tagged)
  expect(() => write(observer.current[0])).toThrow(TypeError)
  expect(observer.current[0]?.at).toEqual(new Date(0))
  const own = engine.query(computed((get) => ({ of: get(todos).length })))
  expect(Object.isFrozen(own)).toBe(false)
})

test('outside development nothing is frozen', () => {
  const { host, engine } = open()
  host.commit(todo('a'))
  for (const value of [engine.query(todos), engine.query(todos.where({ id: 'a' }).first())]) {
    expect(Object.isFrozen(value)).toBe(false)
  }
})
