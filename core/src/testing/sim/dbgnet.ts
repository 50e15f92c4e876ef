import initSqlite from '@sqlite.org/sqlite-wasm'
import { openWasmDriver } from '../../sqlite/wasm-driver.ts'
import { Network } from './network.ts'
import { World } from './world.ts'
const sqlite3 = (await initSqlite()) as never
const who = Number(process.argv[3]),
  from = Number(process.argv[4] ?? 0)
const brief = (m: string) =>
  m
    ? JSON.stringify(JSON.parse(m), (k, v) =>
        Array.isArray(v)
          ? v.map((x: any) => (x?.id ? `${x.seq ?? ''}:${x.id.slice(0, 3)}${x.id.slice(16)}${x.joined ? '+' : ''}` : x))
          : k === 'limits'
            ? ''
            : v,
      ).slice(0, 500)
    : m
const w = new World({ seed: Number(process.argv[2]), openMemory: () => openWasmDriver(sqlite3) })
const T = () => w.scheduler.now - 1_800_000_000_000
const tr = Network.prototype.transport
let n = 0
Network.prototype.transport = function (client: number, p: any) {
  const t = tr.call(this, client, p)
  if (client !== who) return t
  return {
    ...t,
    connect: (ev: any) => {
      const id = `${p.name}#${++n}`
      const L = (...a: any[]) => T() >= from && console.log(T(), id, ...a)
      L('connect')
      const line = t.connect({
        open() {
          L('open')
          ev.open()
        },
        frame(x: string) {
          L('<', brief(x))
          ev.frame(x)
        },
        closed(e: any) {
          L('closed', e.message)
          ev.closed(e)
        },
      })
      return {
        send(x: string) {
          L('>', brief(x))
          line.send(x)
        },
        close() {
          L('close')
          line.close()
        },
      }
    },
  }
}
try {
  console.log(await w.run())
} catch (e) {
  console.log(T(), (e as Error).stack!.slice(0, 800))
}
