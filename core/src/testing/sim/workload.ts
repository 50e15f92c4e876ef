import { computed } from '../../query/computed-query.ts'
import type { NewEvent } from '../../schema/event.ts'
import { sql } from '../../sql/tagged.ts'
import type { SeededRandom } from './seeded-random.ts'
import { accounts, counters, drafts, items, names, nextEvents, notes, simEvents } from './sim-schema.ts'

const OWNERS = [null, 'null', 'ann', 'bob'] as const

/** Draws the commits of a world: few keys, so that everything overlaps. */
export class Workload {
  #random: SeededRandom
  readonly #refusals: number
  readonly #reads: number
  #notes = 0

  /** `reads`: share of the events that would read before they write which do. */
  constructor(random: SeededRandom, refusals: number, reads = 1) {
    this.#random = random
    this.#refusals = refusals
    this.#reads = reads
  }

  /** The events of one commit, by one author; drawn from `random`, as the next ones are that name none. */
  commit(author: string, random = this.#random, version = 1): NewEvent[] {
    this.#random = random
    const events = this.#draw(author)
    // What an older version finds in one commit with it has no effect there either.
    if (version > 1 && !events[0]?.local && random.chance(0.2)) return [...events, this.#tag()]
    return events
  }

  #draw(author: string): NewEvent[] {
    const random = this.#random
    const roll = random.next()
    if (roll < 0.1) return this.#drafts()
    if (roll < 0.25 && this.#doesRead) return this.#transfer()
    if (roll < 0.35) return [...this.#sometimesNoted(author), this.#name(author)]
    if (roll < 0.5) return [this.#note(author)]
    const count = random.chance(0.25) ? random.between(2, 4) : 1
    return Array.from({ length: count }, () => this.#edit())
  }

  #edit(): NewEvent {
    const random = this.#random
    const id = `i${random.int(8)}`
    switch (random.int(9)) {
      case 0:
      case 1:
      case 2:
        return simEvents.itemPut({
          id,
          title: `t${random.int(1000)}`,
          rank: random.int(10),
          owner: random.pick(OWNERS),
          done: random.chance(0.3),
        })
      case 3:
        return simEvents.itemDone({ id, done: random.chance(0.5) })
      case 4:
        return simEvents.itemRemoved({ id })
      case 5:
        return simEvents.doneCleared({ below: random.int(10) })
      default:
        return this.#doesRead ? simEvents.bumped({ id: `c${random.int(3)}`, by: random.int(100) }) : this.#seat()
    }
  }

  get #doesRead(): boolean {
    return this.#reads >= 1 || this.#random.chance(this.#reads)
  }

  #drafts(): NewEvent[] {
    const random = this.#random
    const key = `d${random.int(3)}`
    return random.chance(0.4)
      ? [simEvents.draftSet({ key, value: random.int(1000) })]
      : [simEvents.draftBumped({ key, by: random.int(100) })]
  }

  #transfer(): NewEvent[] {
    const random = this.#random
    const amount = random.between(1, 50)
    const from = `a${random.int(4)}`
    const to = `a${random.int(4)}`
    return [simEvents.moved({ account: from, amount: -amount }), simEvents.moved({ account: to, amount })]
  }

  #name(author: string): NewEvent {
    if (this.#random.chance(0.4)) return this.#seat()
    const name = `n${this.#random.int(6)}`
    return this.#random.chance(0.6) ? simEvents.nameTaken({ name, owner: author }) : simEvents.nameFreed({ name })
  }

  #seat(): NewEvent {
    return simEvents.seatTaken({ id: `s${this.#random.int(4)}`, holder: `h${this.#random.int(8)}` })
  }

  #tag(): NewEvent {
    return nextEvents.itemTagged({ id: `i${this.#random.int(8)}`, tag: `t${this.#random.int(1000)}` })
  }

  #note(author: string): NewEvent {
    this.#notes += 1
    const refused = this.#random.chance(this.#refusals)
    return simEvents.noted({ id: `note ${this.#notes}`, author, ...(refused && { refused }) })
  }

  #sometimesNoted(author: string): NewEvent[] {
    return this.#random.chance(0.5) ? [this.#note(author)] : []
  }
}

/** Draws a live query: of each kind there is, or with `rowsAlone` for the row of a key. */
export function drawQuery(random: SeededRandom, rowsAlone: boolean): { label: string; query: unknown } {
  const id = `i${random.int(8)}`
  const owner = random.pick([null, 'null', null, 'null', 'ann'])
  const kind = random.int(9)
  if (rowsAlone && kind > 4)
    return { label: `who has ${id}`, query: items.where({ id }).select('done', 'owner').first() }
  switch (rowsAlone ? 0 : kind) {
    case 0:
      return { label: `item ${id}`, query: items.where({ id }).first() }
    case 1:
      return random.chance(0.4)
        ? { label: `items of ${JSON.stringify(owner)}`, query: items.where({ owner }) }
        : // One text for all binds: what tells null from 'null' is the bind alone.
          {
            label: `titles of ${JSON.stringify(owner)}`,
            query: sql`select id, title from ${items} where owner is ${owner} order by id`,
          }
    case 2:
      return { label: 'best five', query: items.where({ done: false }).orderBy('rank', 'desc').limit(5) }
    case 3:
      return { label: `count of ${JSON.stringify(owner)}`, query: items.where({ owner }).count() }
    case 4:
      return {
        label: 'by owner',
        query: sql`select owner, count(*) as n, sum(rank) as ranks from ${items} group by owner order by owner`,
      }
    case 5:
      return {
        label: 'summary',
        query: computed((get) => `${get(items.count())} items, ${get(counters.sum('value'))} counted`),
      }
    case 6:
      return { label: 'names', query: names.orderBy('name') }
    case 7:
      return { label: 'drafts', query: drafts.orderBy('key') }
    default:
      return random.chance(0.5)
        ? { label: 'accounts', query: accounts.where('balance', '>', 0) }
        : { label: 'notes', query: notes.count() }
  }
}
