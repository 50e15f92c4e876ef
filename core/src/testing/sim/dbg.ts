import initSqlite from '@sqlite.org/sqlite-wasm'
import { openWasmDriver } from '../../sqlite/wasm-driver.ts'
import { SessionBus } from './session-bus.ts'
import { World } from './world.ts'
const sqlite3 = (await initSqlite()) as never
const who = process.argv[3]
const brief = (m: any) =>
  JSON.stringify(m, (k, v) =>
    v instanceof Uint8Array
      ? `bytes${v.length}`
      : Array.isArray(v)
        ? v.map((x: any) => (x?.id ? `${x.seq ?? ''}:${x.id}${x.state ? '=' + x.state : ''}` : x?.type ? x : x))
        : v,
  )
const send = SessionBus.prototype.send
const w = new World({ seed: Number(process.argv[2]), openMemory: () => openWasmDriver(sqlite3) })
const T = () => w.scheduler.now - 1_800_000_000_000
SessionBus.prototype.send = function (m: any) {
  if (this.process.name === who) console.log(T(), 'S>', m.epoch, brief(m.message).slice(0, 400))
  return send.call(this, m)
}
const listen = SessionBus.prototype.listen
SessionBus.prototype.listen = function (l: any) {
  return listen.call(this, (m: any) => {
    if (this.process.name === who) console.log(T(), '>S', m.epoch, brief(m.message).slice(0, 500))
    l(m)
  })
}
try {
  console.log(await w.run())
} catch (e) {
  console.log(T(), (e as Error).stack!.slice(0, 1500))
}
