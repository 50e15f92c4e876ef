import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventNumber } from '../protocol/event-record.ts'
import type { UpMessage } from '../protocol/sync-messages.ts'
import type { SyncEffect } from './sync-effect.ts'
import { ModelLine, ModelServer, sameOrder } from './testing/model-server.ts'
import { Peer } from './testing/peer.ts'

/** A leader without time: each of its steps happens when the test says so. */
class Client {
  readonly name: string
  readonly peer: Peer
  readonly server: ModelServer
  line: ModelLine | null = null
  committed: string[][] = []
  rejected: string[] = []
  #n = 0

  constructor(name: string, server: ModelServer, ordered: boolean) {
    this.name = name
    this.server = server
    this.peer = new Peer({ ordered, backendId: null })
  }

  commit(size: number): void {
    const ids = Array.from({ length: size }, () => `${this.name}.${++this.#n}`)
    this.committed.push(ids)
    this.#send(this.peer.commit(...ids))
  }

  connect(): void {
    if (this.line) return
    this.line = this.server.connect()
    this.#send(this.peer.open())
  }

  hear(): boolean {
    const message = this.line?.down.shift()
    if (message) this.#send(this.peer.hear(message))
    return message !== undefined
  }

  gather(): void {
    this.peer.take(this.peer.state.gathered())
  }

  drain(): boolean {
    const work = this.peer.effects.filter(({ type }) => type !== 'send' && type !== 'adopt')
    for (const effect of work) if (effect.type === 'reject') this.rejected.push(effect.eventId)
    this.#send(this.peer.drain())
    return work.length > 0
  }

  cut(arriving: number): UpMessage[] {
    const late = this.line?.cut(arriving) ?? []
    this.line = null
    this.peer.state.closed()
    return late
  }

  #send(effects: readonly SyncEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'send') this.line?.up.push(effect.message)
      if (effect.type === 'send' && effect.message.type === 'push') expect(this.#foreignAhead()).toEqual([])
      if (effect.type === 'close') expect(effect.stop).toBe(false)
    }
  }

  /** Others' events that were received, and that pending is not rebased on yet. */
  #foreignAhead(): string[] {
    const received = this.peer.effects.flatMap((effect) => (effect.type === 'receive' ? effect.events : []))
    return received
      .filter((event) => event.sessionId !== this.name && event.seq > this.peer.log.head)
      .map(({ id }) => id)
  }
}

const step = fc.record({
  who: fc.nat({ max: 2 }),
  act: fc.oneof(
    { weight: 3, arbitrary: fc.constant('commit' as const) },
    { weight: 2, arbitrary: fc.constant('connect' as const) },
    { weight: 6, arbitrary: fc.constant('arrive' as const) },
    { weight: 6, arbitrary: fc.constant('hear' as const) },
    { weight: 4, arbitrary: fc.constant('drain' as const) },
    { weight: 1, arbitrary: fc.constant('gather' as const) },
    { weight: 1, arbitrary: fc.constant('cut' as const) },
    { weight: 2, arbitrary: fc.constant('late' as const) },
  ),
  n: fc.integer({ min: 1, max: 4 }),
})

test.each([true, false])(
  'LOG-1 LOG-2 LOG-3 LOG-4 SYNC-1 SYNC-2 whatever the order of messages, cuts and transactions (ordered: %s)',
  (ordered) => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 250 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (steps, size, picky) => {
          const refuses = (id: string) => picky && eventNumber(id) % 7 === 3
          const server = new ModelServer(size, refuses)
          const clients = ['x', 'y', 'z'].map((name) => new Client(name, server, ordered))
          // Messages of cut lines that are still on their way to the server.
          const late: [ModelLine, UpMessage][] = []

          for (const { who, act, n } of steps) {
            const client = clients[who] as Client
            if (act === 'commit') client.commit(n)
            else if (act === 'connect') client.connect()
            else if (act === 'arrive') client.line?.arrive()
            else if (act === 'hear') client.hear()
            else if (act === 'drain') client.drain()
            else if (act === 'gather') client.gather()
            else if (act === 'cut') {
              const dead = new ModelLine(server)
              late.push(...client.cut(n - 1).map((message): [ModelLine, UpMessage] => [dead, message]))
            } else {
              const [arrived] = late.splice(0, 1)
              if (arrived) server.handle(...arrived)
            }
            for (const { peer } of clients)
              expect(sameOrder(peer.log.confirmed, server.log.slice(0, peer.log.head))).toBe(true)
          }

          settle(server, clients)
          for (const client of clients) {
            expect(sameOrder(client.peer.log.confirmed, server.log)).toBe(true)
            expect(client.peer.log.pending).toEqual([])
          }
          expect(server.log.map((event) => event.seq)).toEqual(server.log.map((_, i) => i + 1))
          for (const { name, committed, rejected } of clients) {
            const mine = server.log.filter((event) => event.sessionId === name).map((event) => event.id)
            const kept = committed.filter(([first]) => !rejected.includes(first as string))
            expect(mine).toEqual(kept.flat())
            expect(new Set(rejected).size).toBe(rejected.length)
            expect(rejected).toEqual(committed.map(([first]) => first as string).filter(refuses))
          }
          // The events of a commit are neighbours.
          for (const [i, event] of server.log.entries()) {
            if (event.joined) expect(server.log[i + 1]?.id).toBe(`${event.sessionId}.${eventNumber(event.id) + 1}`)
          }
        },
      ),
      { numRuns: 400 },
    )
  },
)

/** A fair network, and time: everything that can move moves. */
function settle(server: ModelServer, clients: readonly Client[]): void {
  for (const client of clients) client.connect()
  for (let round = 0; round < 10_000; round++) {
    let moved = false
    for (const client of clients) {
      if (client.line?.arrive()) moved = true
      if (client.hear()) moved = true
      if (client.drain()) moved = true
    }
    if (moved) continue
    const waiting = clients.filter(({ peer }) => peer.state.gathering)
    for (const client of waiting) client.gather()
    if (waiting.length === 0) return
  }
  throw new Error(`no rest after 10,000 rounds; the server has ${server.head} events`)
}
