import { Network } from './network.ts'
import { simEvents, simSchema } from './sim-schema.ts'
import { loadSimSqlite } from './sim-sqlite.ts'
import { Stage } from './stage.ts'
const stage = new Stage({ openMemory: await loadSimSqlite(), delays: [2, 2, 2, 2, 2, 50] })
const T = () => stage.time
const brief = (m: string) =>
  m
    ? JSON.stringify(JSON.parse(m), (k, v) =>
        Array.isArray(v)
          ? v.map((x: any) => (x?.id ? `${x.seq ?? ''}:${x.id.slice(0, 3)}${x.id.slice(16)}${x.joined ? '+' : ''}` : x))
          : k === 'limits'
            ? ''
            : v,
      ).slice(0, 200)
    : m
const tr = Network.prototype.transport
Network.prototype.transport = function (client: number, p: any) {
  const t = tr.call(this, client, p)
  if (client !== 5) return t
  return {
    ...t,
    connect: (ev: any) => {
      const L = (...a: any[]) => T() >= 2000 && T() < 6000 && console.log(T(), ...a)
      const line = t.connect({
        open() {
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
const writers: any[] = []
for (let i = 0; i < 6; i++) writers.push(await stage.open(stage.client(simSchema), simSchema))
await stage.settle()
const confirmed = writers.map(() => 0)
const end = stage.time + 6000
for (const [i, { session, store }] of writers.entries()) {
  const write = () => {
    if (stage.time >= end) return
    session.commit([simEvents.bumped({ id: `c${i}`, by: 1 })])
    void store.settled().then(() => {
      confirmed[i]++
      session.process.clock.soon(write)
    })
  }
  write()
}
console.log('t0', stage.time, stage.scheduler.steps)
await stage.run(6000)
console.log('t1', stage.time, stage.scheduler.steps)
console.log(confirmed, stage.server.endpoint!.server.stats())
for (const { session, store } of writers)
  console.log(
    session.process.name,
    store.status.pending.value,
    store.status.connection.value,
    store.status.waits.value,
    store.status.error.value,
    session.commits.length,
    session.process.alive,
  )
