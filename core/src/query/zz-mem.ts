import { queryDb } from '../sql/definition.ts'
import { QueryEngine } from './query-engine.ts'
import { TestHost } from './testing/test-host.ts'
import { lists, todo, todos } from './testing/todo-engine.ts'

const N = 20000
const defs = Array.from({ length: N }, (_, i) => queryDb(todos.where({ id: `t${i}` }).first()))
function mem() {
  gc!()
  gc!()
  return process.memoryUsage().heapUsed
}
const h = new TestHost([todos, lists])
const e = new QueryEngine(h, { cacheSize: N })
h.commit(...Array.from({ length: N }, (_, i) => todo(`t${i}`)))
h.moveBase()
e.query(defs[0]!)
const keep: unknown[] = new Array(N)
let m = mem()
const step = (l: string) => {
  const x = mem()
  console.log(l, ((x - m) / N) | 0)
  m = x
}
for (let i = 0; i < N; i++) keep[i] = (defs[i] as unknown as { toPlan(): { key: string } }).toPlan().key.length
const keys = new Map(defs.map((d) => [(d as unknown as { toPlan(): { key: string } }).toPlan().key, 1]))
step('keys flat + a map')
keys.clear()
m = mem()
for (let i = 0; i < N; i++)
  keep[i] = h.driver
    .prepare((defs[i] as any).toPlan().sql, h.queryAccess)
    .rows((defs[i] as any).toPlan().binds, (defs[i] as any).toPlan().shape)
step('rows')
keep.fill(0)
m = mem()
for (let i = 0; i < N; i++) e.query(defs[i]!)
step('query (node, row, index, cache)')
for (let i = 0; i < N; i++) e.signal(defs[i]!)
step('signal')
for (let i = 0; i < N; i++) e.signal(defs[i]!).value
step('signal read')
let heard = 0
const l = () => {
  heard++
}
for (let i = 0; i < N; i++) e.subscribe(defs[i]!, l)
step('subscription')
