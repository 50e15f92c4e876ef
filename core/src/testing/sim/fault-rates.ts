import type { Looseness } from './network.ts'
import type { SeededRandom } from './seeded-random.ts'

/** How bad a world is: drawn once from its seed. Counts are per world, times in virtual ms. */
export interface FaultRates {
  /** Typical one-way delay on the network, per client. */
  readonly delays: readonly number[]
  /** Typical delay between a session and its leader. */
  readonly channelDelay: number
  /** Longest delay of a frame, as a multiple of the typical one. */
  readonly tail: number
  /** Share of clients whose transport gives no order: each frame takes its own time, and may be lost or come twice. */
  readonly unordered: number
  /** On those: share of frames that are lost, of which the line dies a while later; 0 … 0.3, by direction. */
  readonly lostUp: number
  readonly lostDown: number
  /** On those: share of frames that come twice; 0 … 0.3, by direction. */
  readonly twiceUp: number
  readonly twiceDown: number
  /** Probability that one call of the server's log takes a while, before and after it acts. */
  readonly slowLog: number
  readonly cuts: number
  readonly halfOpens: number
  readonly partitions: number
  /** A page hears that its network changed, or somebody returns to it. */
  readonly probes: number
  readonly serverCrashes: number
  readonly leaderCrashes: number
  readonly leaderFreezes: number
  readonly sessionCrashes: number
  readonly sessionCloses: number
  readonly sessionOpens: number
  /** Share of sessions whose later code comes a while after they are open, and sometimes not the first times. */
  readonly lateSessions: number
  readonly clientCrashes: number
  /** Sessions that draw the same random numbers as another one did: a duplicated tab, a machine put back to an image of itself. */
  readonly twins: number
  /** The app's next version comes to a client, and opens a tab beside those of the old one. */
  readonly upgrades: number
  /** A medium that fails or is full: once, a few times, or until it is mended. */
  readonly storageTroubles: number
  /** A process's wall clock is set forward or back by hours. */
  readonly clockJumps: number
  /** Site data cleared: a client begins anew, its open sessions send again what they hold. */
  readonly lostStorages: number
  /** Share of leaders whose code comes a while after they are open, and sometimes not the first time. */
  readonly lateCode: number
  /** Commits of as many events as one may have, over many frames. */
  readonly hugeCommits: number
  /** Share of commits that the server's `validate` refuses. */
  readonly refusals: number
  /** Share of the events that would read through `ctx` before they write which do: where none does, more commits commute. */
  readonly reads: number
  /** The server's limits: small ones cut pages and commits into many frames. */
  readonly pageEvents: number
  readonly frameBytes: number
}

export function drawFaults(random: SeededRandom, clients: number): FaultRates {
  const calm = random.chance(0.15)
  const count = (most: number) => (calm ? 0 : random.chance(0.4) ? 0 : random.between(1, most))
  const share = () => (calm || random.chance(0.4) ? 0 : 0.3 * random.next())
  return {
    delays: Array.from({ length: clients }, () => random.pick([1, 5, 20, 60, 150])),
    channelDelay: random.pick([1, 1, 3, 20]),
    tail: random.pick([2, 20, 200]),
    slowLog: random.pick([0, 0.2, 0.6]),
    cuts: count(8),
    halfOpens: count(3),
    partitions: count(3),
    serverCrashes: count(3),
    leaderCrashes: count(5),
    leaderFreezes: count(3),
    sessionCrashes: count(3),
    sessionCloses: count(2),
    sessionOpens: count(4),
    ...drawMore(random.copy()),
    clientCrashes: count(2),
    upgrades: random.chance(0.3) ? count(4) : 0,
    twins: random.chance(0.2) ? count(3) : 0,
    lostStorages: random.chance(0.25) ? count(2) : 0,
    clockJumps: random.chance(0.5) ? count(4) : 0,
    storageTroubles: random.chance(0.4) ? count(3) : 0,
    hugeCommits: random.chance(0.004) ? 1 : 0,
    reads: random.pick([1, 1, 0.1, 0]),
    refusals: random.pick([0, 0, 0.03]),
    pageEvents: random.pick([1_000, 1_000, 4]),
    frameBytes: random.pick([1_048_576, 1_048_576, 1_200]),
    unordered: random.pick([0, 0, 0.5]),
    lostUp: share(),
    lostDown: share(),
    twiceUp: share(),
    twiceDown: share(),
    // Takes nothing from the worlds' own chance: seeds that were pinned before keep their worlds.
    lateCode: random.copy().pick([0, 0.5, 1]),
  }
}

/** Takes nothing from the worlds' own chance: seeds that were pinned before keep their worlds. */
function drawMore(random: SeededRandom): Pick<FaultRates, 'lateSessions' | 'probes'> {
  return { lateSessions: random.pick([0.5, 0, 1]), probes: random.pick([0, 5, 40]) }
}

/** Draws whose frames take their own way. */
export function looseOf(rates: FaultRates, clients: number, random: SeededRandom): Looseness {
  const loose = Array.from({ length: clients }, (_, index) => index).filter(() => random.chance(rates.unordered))
  return {
    clients: new Set(loose),
    lost: { up: rates.lostUp, down: rates.lostDown },
    twice: { up: rates.twiceUp, down: rates.twiceDown },
  }
}
