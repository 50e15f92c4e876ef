import type { Direction } from './network.ts'
import type { SimClient } from './sim-client.ts'
import type { World } from './world.ts'

const DIRECTIONS: readonly Direction[] = ['up', 'down', 'both']

/** Puts the faults that a world's seed has drawn on its timetable. */
export function planFaults(world: World): void {
  const { rates } = world
  const faults: readonly [number, (world: World) => void][] = [
    [rates.cuts, (w) => w.network.cut(anyClient(w).index)],
    [rates.halfOpens, (w) => w.network.halfOpen(anyClient(w).index, w.random.pick(DIRECTIONS))],
    [rates.partitions, partition],
    [rates.serverCrashes, crashServer],
    [rates.leaderCrashes, crashLeader],
    [rates.leaderFreezes, freezeLeader],
    [rates.sessionCrashes, crashSession],
    [rates.sessionCloses, closeSession],
    [rates.sessionOpens, (w) => w.openSession(anyClient(w))],
    [rates.clientCrashes, crashClient],
  ]
  for (const [count, strike] of faults) {
    for (let i = 0; i < count; i++) later(world, world.random.int(world.duration), () => strike(world))
  }
}

/** As long as the faults go on. */
function later(world: World, ms: number, run: () => void): void {
  world.scheduler.schedule(ms, null, 'act', () => world.healed || run())
}

function anyClient(world: World): SimClient {
  return world.random.pick(world.clients)
}

function partition(world: World): void {
  const ms = world.random.between(50, world.duration / 3)
  const direction = world.random.pick(DIRECTIONS)
  const everyone = world.random.chance(0.3)
  for (const client of everyone ? world.clients : [anyClient(world)]) {
    world.network.partition(client.index, direction, ms)
  }
}

function crashServer(world: World): void {
  world.server.crash()
  world.network.serverGone()
  later(world, world.random.between(0, world.duration / 8), () => world.server.start())
}

function crashLeader(world: World): void {
  const client = anyClient(world)
  if (world.random.chance(0.3)) client.crash()
  else client.crashAtOperation(world.random.between(1, 40))
  followed(world, client)
}

/** Somebody notices sooner or later, and leads. */
function followed(world: World, client: SimClient): void {
  const { random, duration } = world
  for (const ms of [random.between(0, 300), duration / 4, duration / 2]) later(world, ms, () => client.lead())
}

function freezeLeader(world: World): void {
  const client = anyClient(world)
  const frozen = client.freeze()
  if (!frozen) return
  followed(world, client)
  later(world, world.random.between(1, world.duration / 2), () => frozen.process.resume())
}

function crashSession(world: World): void {
  const ready = world.ready()
  if (ready.length === 0) return
  const session = world.random.pick(ready)
  session.crash()
  later(world, world.random.between(0, 2_000), () => world.openSession(session.client))
}

function closeSession(world: World): void {
  const ready = world.ready()
  if (ready.length < 2) return
  world.random
    .pick(ready)
    .close()
    .catch((thrown) => world.judge.take(thrown))
}

/** The whole browser is killed: leader and tabs at once. */
function crashClient(world: World): void {
  const client = anyClient(world)
  const tabs = world.sessions.filter((session) => session.client === client && session.process.alive)
  for (const tab of tabs) tab.crash()
  client.crash()
  later(world, world.random.between(0, 3_000), () => {
    for (let i = 0; i < Math.max(1, tabs.length); i++) world.openSession(client)
  })
}
