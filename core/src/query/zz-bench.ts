import { queryDb } from '../sql/definition.ts'
import { QueryEngine } from './query-engine.ts'
import { TestHost } from './testing/test-host.ts'
import { lists, todo, todos } from './testing/todo-engine.ts'

const now = () => performance.now()
function median(xs: number[]) {
  return xs.sort((a, b) => a - b)[xs.length >> 1]!
}
function time(n: number, run: (i: number) => void) {
  const t = now()
  for (let i = 0; i < n; i++) run(i)
  return ((now() - t) / n) * 1e6
}
const host = new TestHost([todos, lists])
const engine = new QueryEngine(host)
host.commit(...Array.from({ length: 10_000 }, (_, i) => todo(`t${i}`)))
host.moveBase()
const def = queryDb(todos.where({ id: 't5' }).first())
for (let r = 0; r < 3; r++) time(1e6, () => engine.query(def))
console.log('cached hit, same definition, ns', median([1, 2, 3, 4, 5].map(() => time(1e6, () => engine.query(def)))))
console.log(
  'cached hit, fresh builder each time, ns',
  median([1, 2, 3].map(() => time(1e5, () => engine.query(todos.where({ id: 't5' }).first())))),
)
const defs = Array.from({ length: 10_000 }, (_, i) => queryDb(todos.where({ id: `t${i}` }).first()))
console.log(
  'uncached point read (new node, LRU full), ns',
  median([1, 2, 3].map(() => time(10_000, (i) => engine.query(defs[i]!)))),
)
const statement = host.driver.prepare(defs[0]!.toPlan().sql, host.queryAccess)
const plans = defs.map((d) => (d as unknown as { toPlan(): { binds: [string, number]; shape: [] } }).toPlan())
console.log(
  'raw statement.rows, ns',
  median([1, 2, 3].map(() => time(10_000, (i) => statement.rows(plans[i]!.binds, plans[i]!.shape)))),
)
function changes(label: string, n: number) {
  const h = new TestHost([todos, lists])
  const e = new QueryEngine(h)
  h.commit(...Array.from({ length: 10_000 }, (_, i) => todo(`t${i}`)))
  h.moveBase()
  gc?.()
  const m0 = process.memoryUsage().heapUsed
  const t = now()
  let heard = 0
  for (let i = 0; i < n; i++)
    e.subscribe(
      defs[i]!,
      () => {
        heard++
      },
      { immediate: false },
    )
  const mount = ((now() - t) / Math.max(n, 1)) * 1e3
  gc?.()
  const m1 = process.memoryUsage().heapUsed
  const w = Array.from({ length: 4000 }, (_, i) =>
    todos.update({ title: `x${i}` }).where({ id: `t${(i * 7) % Math.max(n, 1)}` }),
  )
  // dispatch alone: hand the engine the batch
  const rounds: number[] = []
  for (let r = 0; r < 5; r++) {
    rounds.push(time(800, (i) => h.commit(w[r * 800 + i]!)) / 1e3)
  }
  const batch = new Map([
    ['todos', [{ key: ['t7'], before: ['t7', 'a', 0, 0, null, '[]', 0], after: ['t7', 'b', 0, 0, null, '[]', 0] }]],
  ])
  const fire = h.onChange
  const d = fire ? median([1, 2, 3, 4, 5].map(() => time(5000, () => fire(batch)))) / 1e3 : 0
  console.log(
    label,
    'commit incl. news µs',
    median(rounds).toFixed(2),
    '| onChange alone (dispatch+re-run+compare) µs',
    d.toFixed(2),
    '| mount µs',
    mount.toFixed(2),
    '| bytes per live query',
    ((m1 - m0) / Math.max(n, 1)) | 0,
    'heard',
    heard,
  )
}
for (const n of [0, 1, 100, 1000, 10_000, 10_000]) changes(`${n} live:`, n)
