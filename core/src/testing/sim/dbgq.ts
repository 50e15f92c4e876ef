import initSqlite from '@sqlite.org/sqlite-wasm'
import { openWasmDriver } from '../../sqlite/wasm-driver.ts'
import { LiveWatch } from './live-watch.ts'
import { Judge } from './violation.ts'
import { World } from './world.ts'
const sqlite3 = (await initSqlite()) as never
const label = process.argv[3]
const w = new World({ seed: Number(process.argv[2]), openMemory: () => openWasmDriver(sqlite3) })
const T = () => w.scheduler.now - 1_800_000_000_000
const f = Judge.prototype.fail
Judge.prototype.fail = function (r: string, t: string) { console.log(T(), new Error(r + t).stack!.split('\n').slice(0, 40).join('\n')); f.call(this, r, t) }
try { console.log(await w.run()) } catch (e) { console.log(T(), (e as Error).stack!.slice(0, 800)) }
