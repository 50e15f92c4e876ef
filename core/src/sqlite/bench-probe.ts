import init from '@sqlite.org/sqlite-wasm'
import { openWasmDriver } from './wasm-driver.ts'
const s = await init() as any
const d = openWasmDriver(s)
d.exec(`create table todos(id text primary key, title text, done integer, createdAt integer, listId text, tags text) strict, without rowid;
 create index li on todos(listId, createdAt)`)
const ins = d.prepare('insert into todos values(?,?,?,?,?,?)')
const uni = process.argv[2] === 'uni'
d.transaction(() => { for (let i = 0; i < 10000; i++) ins.run([`todo-${String(i).padStart(8,'0')}-abcdefgh-ijkl`, `Buy ${uni && i%7===0 ? 'Käse' : 'milk'} number ${i} for the party`, i & 1, 1700000000000 + i, `list-${i % 100}`, '["a","b"]']) })
const x = s.wasm.exports
// raw statement by hand, on its own connection pointer: use driver's own via a second open is another db, so find db pointer
function raw(sql: string) {
  const db = dbPointer
  const p = x.malloc(sql.length + 1); const b = new Uint8Array(s.wasm.memory.buffer); for (let i = 0; i < sql.length; i++) b[p + i] = sql.charCodeAt(i); b[p + sql.length] = 0
  const out = x.malloc(8); const rc = x.sqlite3_prepare_v3(db, p, sql.length + 1, 0, out, 0); if (rc) throw new Error('rc ' + rc)
  return new Int32Array(s.wasm.memory.buffer)[out >> 2]!
}
// capture db pointer through sqlite3_step's statement: patched by env
const dbPointer = (d as any).probeDatabase
function med(name: string, f: () => void, n = 300, rounds = 41) {
  for (let i = 0; i < n * 5; i++) f()
  const t: number[] = []
  for (let r = 0; r < rounds; r++) { const a = performance.now(); for (let i = 0; i < n; i++) f(); t.push((performance.now() - a) / n * 1000) }
  t.sort((a, b) => a - b); console.log(name.padEnd(40), t[rounds >> 1]!.toFixed(2), 'µs   min', t[0]!.toFixed(2)); return t[rounds >> 1]!
}
const listSql = 'select id, title, done, createdAt, listId, tags from todos order by id limit 100'
const st = raw(listSql)
const stepAlone = med('list 100x6: stepping alone', () => { while (x.sqlite3_step(st) === 100); x.sqlite3_reset(st) })
const list = d.prepare(listSql)
const shape = list.columns.map((name) => ({ name, decode: null }))
const a = med('list rows(shape)', () => { list.rows([], shape) })
med('list rows()', () => { list.rows() })
med('list values()', () => { list.values() })
const boolShape = shape.map((c) => c.name === 'done' ? { name: c.name, decode: (v: any) => v !== 0 } : c.name === 'createdAt' ? { name: c.name, decode: (v: any) => new Date(v as number) } : c)
med('list rows(decoding done, createdAt)', () => { list.rows([], boolShape as any) })
med('list via prepare() each time', () => { d.prepare(listSql).rows([], shape) })
console.log('ratio', (a / stepAlone).toFixed(2))
const pointSql = 'select id, title, done, createdAt, listId, tags from todos where id = ?'
const ps = raw(pointSql)
const key = `todo-${String(7777).padStart(8,'0')}-abcdefgh-ijkl`
const kp = x.malloc(64); { const b = new Uint8Array(s.wasm.memory.buffer); for (let i = 0; i < key.length; i++) b[kp + i] = key.charCodeAt(i) }
const pe = med('point: engine alone (bind ptr, step, step, reset)', () => { x.sqlite3_bind_text(ps, 1, kp, key.length, 0); x.sqlite3_step(ps); x.sqlite3_step(ps); x.sqlite3_reset(ps) }, 3000)
const point = d.prepare(pointSql)
const keys = Array.from({length: 1000}, (_, i) => `todo-${String(i*7).padStart(8,'0')}-abcdefgh-ijkl`)
let k = 0
const pr = med('point rows(shape)', () => { point.rows([key], shape) }, 3000)
med('point rows(shape), via prepare', () => { d.prepare(pointSql).rows([key], shape) }, 3000)
med('point rows, varied key', () => { point.rows([keys[k++ % 1000]!], shape) }, 3000)
const one = d.prepare('select done from todos where id = ?')
med('point value()', () => { one.value([key]) }, 3000)
console.log('ratio', (pr / pe).toFixed(2))
d.exec('SAVEPOINT base')
let n = 0
const insertMany = () => { for (let i = 0; i < 1000; i++) ins.run([`new-${n++}-abcdefgh-ijklmnop-qrst`, 'Buy milk number for the party', 0, 1700000000000, 'list-5', '[]']) }
function insertBench(name: string) { const t: number[] = []; for (let r = 0; r < 21; r++) { const a = performance.now(); insertMany(); t.push(performance.now() - a); d.exec('ROLLBACK TO base'); n = 0 } t.sort((a, b) => a - b); console.log(name.padEnd(40), t[10]!.toFixed(2), 'µs each'); return t[10]! }
insertBench('warm'); const plain = insertBench('insert in savepoint')
d.watch(() => {}); const h0 = insertBench('insert with hook, nothing read')
d.watch((c) => { c.after(0) }); const h1 = insertBench('insert with hook, key read')
d.watch((c) => { c.after(0); c.after(2); c.after(4) }); const h3 = insertBench('insert with hook, 3 columns read')
d.watch(null)
console.log('hook cost per row', (h0 - plain).toFixed(2), (h1 - plain).toFixed(2), (h3 - plain).toFixed(2))
const upd = d.prepare('update todos set done = ? where id = ?')
med('update one row', () => { upd.run([1, key]) }, 1000)
let q = 0
med('prepare new text (6 columns)', () => { d.prepare(`select id, title, done, createdAt, listId, tags from todos where id = ? and ${q++} = 1`) }, 200, 11)
d.exec('ROLLBACK TO base')
