import { checkReported } from './checks.ts'
import type { Direction } from './network.ts'
import type { Doing } from './plan.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimClient } from './sim-client.ts'
import type { SimProcess } from './sim-process.ts'
import { simEvents } from './sim-schema.ts'
import type { World } from './world.ts'

const DIRECTIONS: readonly Direction[] = ['up', 'down', 'both']
/** As many as a commit may have. */
const HUGE = 10_000
const HOUR = 3_600_000
const NOTHING = 'nothing: there was nobody that it could befall'

type Fault = (world: World, random: SeededRandom) => string

/** Puts the faults that a world's seed has drawn on its timetable. */
export function planFaults(world: World): void {
  const { rates } = world
  const faults: readonly [number, Fault][] = [
    [rates.cuts, cut],
    [rates.halfOpens, halfOpen],
    [rates.partitions, partition],
    [rates.serverCrashes, crashServer],
    [rates.leaderCrashes, crashLeader],
    [rates.leaderFreezes, freezeLeader],
    [rates.sessionCrashes, crashSession],
    [rates.sessionCloses, closeSession],
    [rates.sessionOpens, openSession],
    [rates.clientCrashes, crashClient],
    [rates.twins, openTwin],
    [rates.upgrades, upgrade],
    [rates.storageTroubles, troubleStorage],
    [rates.clockJumps, setClock],
    [rates.lostStorages, clearSite],
    [rates.hugeCommits, commitHuge],
  ]
  for (const [count, strike] of faults) {
    const doing: Doing = (random) => (world.healed ? 'nothing: the faults were over' : strike(world, random))
    for (let i = 0; i < count; i++) world.plan.add(world.random.int(world.duration), doing)
  }
  // Takes nothing from the worlds' own chance: seeds that were pinned before keep their faults.
  const random = world.random.copy()
  for (let i = 0; i < rates.probes; i++) world.plan.add(random.int(world.duration), (chance) => probe(world, chance))
}

/** As long as the faults go on. */
function later(world: World, ms: number, run: () => void): void {
  world.scheduler.schedule(ms, null, 'act', () => world.healed || run())
}

function cut(world: World, random: SeededRandom): string {
  const client = random.pick(world.clients)
  world.network.cut(client.index)
  return `client ${client.index}'s connection is cut`
}

function halfOpen(world: World, random: SeededRandom): string {
  const client = random.pick(world.clients)
  const direction = random.pick(DIRECTIONS)
  world.network.halfOpen(client.index, direction)
  return `client ${client.index}'s connection is half open (${direction})`
}

function partition(world: World, random: SeededRandom): string {
  const ms = random.between(50, world.duration / 3)
  const direction = random.pick(DIRECTIONS)
  const befallen = random.chance(0.3) ? world.clients : [random.pick(world.clients)]
  for (const client of befallen) world.network.partition(client.index, direction, ms)
  return `partition of ${befallen.map(({ index }) => `client ${index}`).join()} for ${ms} ms (${direction})`
}

/** A page hears that its network changed, whether it did or not. */
function probe(world: World, random: SeededRandom): string {
  const client = random.pick(world.clients)
  const times = random.pick([1, 1, 5])
  for (let i = 0; i < times; i++) client.leader?.host.probe()
  return `client ${client.index}'s line is probed`
}

function crashServer(world: World, random: SeededRandom): string {
  const ms = random.between(0, world.duration / 8)
  world.server.crash()
  world.network.serverGone()
  later(world, ms, () => world.server.start())
  return `the server crashes, and is back ${ms} ms later`
}

function crashLeader(world: World, random: SeededRandom): string {
  const client = random.pick(world.clients)
  const operation = random.chance(0.3) ? 0 : random.between(1, 40)
  if (operation === 0) client.crash()
  else client.crashAtOperation(operation)
  followed(world, client, random)
  return `client ${client.index}'s leader crashes${operation > 0 ? ` at its operation ${operation}` : ''}`
}

/** Somebody notices sooner or later, and leads. */
function followed(world: World, client: SimClient, random: SeededRandom): void {
  const { duration } = world
  for (const ms of [random.between(0, 300), duration / 4, duration / 2]) later(world, ms, () => client.lead())
}

function freezeLeader(world: World, random: SeededRandom): string {
  const client = random.pick(world.clients)
  const frozen = client.freeze()
  if (!frozen) return NOTHING
  followed(world, client, random)
  const ms = random.between(1, world.duration / 2)
  later(world, ms, () => frozen.process.resume())
  return `${frozen.process.name} freezes for ${ms} ms`
}

function openSession(world: World, random: SeededRandom): string {
  const session = world.openSession(random.pick(world.clients), random)
  return session ? `${session.process.name} opens` : NOTHING
}

function upgrade(world: World, random: SeededRandom): string {
  const client = random.pick(world.clients)
  world.upgraded.add(client)
  const session = world.openSession(client, random)
  const opens = session ? `, and ${session.process.name} opens with version ${session.schema.version}` : ''
  return `the app's next version comes to client ${client.index}${opens}`
}

function openTwin(world: World, random: SeededRandom): string {
  const twin = random.pick(world.sessions)
  const client = random.chance(0.7) ? twin.client : random.pick(world.clients)
  const session = world.openSession(client, random, twin)
  return session ? `${session.process.name} opens, with the random numbers of ${twin.process.name}` : NOTHING
}

function crashSession(world: World, random: SeededRandom): string {
  const ready = world.ready()
  if (ready.length === 0) return NOTHING
  const session = random.pick(ready)
  session.crash()
  later(world, random.between(0, 2_000), () => world.openSession(session.client, random))
  return `${session.process.name} crashes`
}

function closeSession(world: World, random: SeededRandom): string {
  const ready = world.ready()
  if (ready.length < 2) return NOTHING
  const session = random.pick(ready)
  session.close().catch((thrown) => world.judge.take(thrown))
  return `${session.process.name} closes`
}

/** The whole browser is killed: leader and tabs at once. */
function crashClient(world: World, random: SeededRandom): string {
  const client = random.pick(world.clients)
  const tabs = world.sessions.filter((session) => session.client === client && session.process.alive)
  for (const tab of tabs) tab.crash()
  client.crash()
  later(world, random.between(0, 3_000), () => {
    for (let i = 0; i < Math.max(1, tabs.length); i++) world.openSession(client, random)
  })
  return `client ${client.index} crashes with its leader and ${tabs.length} sessions`
}

function troubleStorage(world: World, random: SeededRandom): string {
  const client = random.pick(world.clients)
  const code = random.pick(['storage/full', 'storage/io'] as const)
  const after = random.between(0, 40)
  const times = random.pick([1, 1, random.between(2, 30), Number.POSITIVE_INFINITY])
  const ms = random.between(1, world.duration / 2)
  const trouble = { code, after, times }
  client.disk.trouble = trouble
  later(world, ms, () => {
    if (client.disk.trouble === trouble) mendStorage(world, client)
  })
  // A leader that could not open the file is gone.
  followed(world, client, random)
  const many =
    times === 1 ? 'once' : times === Number.POSITIVE_INFINITY ? `for ${ms} ms` : `${times} times, ${ms} ms at most`
  return `client ${client.index}'s medium fails at operation ${after} from now, ${many} (${code})`
}

/** Space returns. Until now a leader that could not write has had to say so. */
export function mendStorage(world: World, client: SimClient): void {
  checkReported(client, world.ready(client), world.scheduler.now)
  client.disk.trouble = null
}

/** Of a session, a leader or the server. */
function setClock(world: World, random: SeededRandom): string {
  const processes = [
    ...world.sessions.map((session) => session.process),
    ...world.clients.flatMap((client) => client.processes()),
    ...(world.server.endpoint ? [world.server.endpoint.process] : []),
  ].filter((process) => process.alive)
  if (processes.length === 0) return NOTHING
  // The server is one among many: it gets its share.
  const process = random.chance(0.3) ? (processes.at(-1) as SimProcess) : random.pick(processes)
  const ms = random.between(-12, 12) * HOUR + random.between(-60_000, 60_000)
  process.skew += ms
  return `the clock of ${process.name} is set by ${ms} ms`
}

function clearSite(world: World, random: SeededRandom): string {
  const client = random.pick(world.clients)
  world.loseStorage(client)
  followed(world, client, random)
  return `client ${client.index}'s site data are cleared`
}

function commitHuge(world: World, random: SeededRandom): string {
  const ready = world.ready()
  if (ready.length === 0) return NOTHING
  const session = random.pick(ready)
  const events = Array.from({ length: HUGE }, (_, i) =>
    i % 10 === 0 ? simEvents.bumped({ id: 'c0', by: i }) : simEvents.itemDone({ id: `i${i % 8}`, done: i % 3 === 0 }),
  )
  session.commit(events)
  return `${session.process.name} commits ${HUGE} events at once`
}
