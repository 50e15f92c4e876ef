import type { FaultRates } from '../fault-rates.ts'
import { drawFaults } from '../fault-rates.ts'
import type { Direction } from '../network.ts'
import type { SeededRandom } from '../seeded-random.ts'
import type { PaperClient } from './paper-client.ts'
import type { ProtocolWorld } from './protocol-world.ts'

const DIRECTIONS: readonly Direction[] = ['up', 'down', 'both']

/** What befalls a protocol world, beside what `FaultRates` says of its network and server. Counts per world. */
export interface ProtocolRates extends FaultRates {
  /** Probability that a leader's transaction fails and is tried again. */
  readonly storageFaults: number
  /** The server comes back with an older state of its log. */
  readonly restores: number
  /** Most events of a commit. */
  readonly commitEvents: number
}

export function drawProtocolFaults(random: SeededRandom, clients: number): ProtocolRates {
  const rates = drawFaults(random, clients)
  return {
    ...rates,
    cuts: random.between(0, 4),
    leaderCrashes: random.between(0, 3),
    serverCrashes: random.between(0, 2),
    storageFaults: random.pick([0, 0, 0.1, 0.4]),
    lostStorages: random.chance(0.15) ? 1 : 0,
    restores: random.chance(0.12) ? 1 : 0,
    commitEvents: random.pick([1, 3, 3, 20]),
  }
}

/** Puts what the seed has drawn on the timetable. */
export function planProtocolFaults(world: ProtocolWorld): void {
  const { rates, random } = world
  const faults: readonly [number, () => void][] = [
    [rates.cuts, () => world.network.cut(world.anyClient().index)],
    [rates.halfOpens, () => world.network.halfOpen(world.anyClient().index, random.pick(DIRECTIONS))],
    [rates.partitions, () => partition(world)],
    [rates.serverCrashes, () => crashServer(world, () => {})],
    [rates.restores, () => crashServer(world, () => restore(world))],
    [rates.leaderCrashes, () => crashLeader(world, (client) => client.crash())],
    [rates.leaderFreezes, () => freezeLeader(world)],
    [rates.lostStorages, () => crashLeader(world, (client) => client.loseStorage())],
  ]
  for (const [count, strike] of faults) {
    for (let i = 0; i < count; i++) later(world, random.int(world.duration), strike)
  }
}

/** As long as the faults go on. */
function later(world: ProtocolWorld, ms: number, run: () => void): void {
  world.scheduler.schedule(ms, null, 'act', () => world.healed || run())
}

function partition(world: ProtocolWorld): void {
  const { random, network, duration } = world
  network.partition(world.anyClient().index, random.pick(DIRECTIONS), random.between(50, duration / 3))
}

function crashServer(world: ProtocolWorld, meanwhile: () => void): void {
  world.server.crash()
  world.network.serverGone()
  meanwhile()
  later(world, world.random.between(0, world.duration / 8), () => world.server.start())
}

function restore(world: ProtocolWorld): void {
  const { log, random } = world
  const { length } = log.events
  // A backup is mostly a recent one.
  const lost = random.chance(0.7) ? random.between(1, 6) : random.between(1, length + 1)
  log.restore(Math.max(0, length - lost), random.chance(0.5))
}

function crashLeader(world: ProtocolWorld, strike: (client: PaperClient) => void): void {
  const client = world.anyClient()
  strike(client)
  later(world, world.random.between(0, 2_000), () => client.lead())
}

function freezeLeader(world: ProtocolWorld): void {
  const client = world.anyClient()
  const frozen = client.freeze()
  later(world, world.random.between(0, 500), () => client.lead())
  later(world, world.random.between(1, world.duration / 2), () => frozen?.resume())
}
