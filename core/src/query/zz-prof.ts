import { queryDb } from '../sql/definition.ts'
import { QueryEngine } from './query-engine.ts'
import { TestHost } from './testing/test-host.ts'
import { lists, todo, todos } from './testing/todo-engine.ts'

const host = new TestHost([todos, lists])
const engine = new QueryEngine(host)
host.commit(...Array.from({ length: 10_000 }, (_, i) => todo(`t${i}`)))
host.moveBase()
const defs = Array.from({ length: 10_000 }, (_, i) => queryDb(todos.where({ id: `t${i}` }).first()))
const plans = defs.map((d) => (d as any).toPlan())
const st = host.driver.prepare(plans[0].sql, host.queryAccess)
for (let r = 0; r < 12; r++) {
  let t = performance.now()
  for (let i = 0; i < 10_000; i++) st.rows(plans[i].binds, plans[i].shape)
  const raw = performance.now() - t
  t = performance.now()
  for (const d of defs) engine.query(d)
  const q = performance.now() - t
  console.log('raw', (raw / 10).toFixed(2), 'query', (q / 10).toFixed(2), (q / raw).toFixed(2))
}
