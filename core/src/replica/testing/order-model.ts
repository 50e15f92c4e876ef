import type { Commit, ConfirmedEvent } from '../../protocol/event-record.ts'
import type { NewEvent } from '../../schema/event.ts'
import type { AnySchema } from '../../schema/schema.ts'
import type { Target } from '../target.ts'
import { Author, confirmed } from './author.ts'

/** Something that happens to the order between two reconciles. `at` picks one of a list, whatever its length. */
export type Move =
  | { readonly type: 'foreign' | 'other' | 'otherLocal'; readonly events: readonly NewEvent[] }
  | { readonly type: 'confirm' | 'remove' | 'retract'; readonly at: number }
  | { readonly type: 'ack' | 'confirmUnacked' | 'ackLocal' }

/** The order that one session or leader is told of, kept in the plainest way. */
export class OrderModel {
  readonly me: Author
  confirmed: Commit<ConfirmedEvent>[] = []
  pending: Commit[] = []
  unacked: Commit[] = []
  local: Commit[] = []
  unackedLocal: Commit[] = []
  readonly #others: Author
  #told = { confirmed: 0, local: 0 }
  readonly #given: Record<'pending' | 'unacked', readonly Commit[]> = { pending: [], unacked: [] }

  constructor(schema: AnySchema) {
    this.me = new Author(schema, 'me')
    this.#others = new Author(schema, 'others')
  }

  get head(): number {
    return this.confirmed.reduce((sum, commit) => sum + commit.length, 0)
  }

  move(move: Move): void {
    switch (move.type) {
      case 'foreign':
        return this.#confirm(this.#others.commit(...move.events))
      case 'other':
        this.pending.push(this.#others.commit(...move.events))
        return
      case 'otherLocal':
        this.local.push(this.#others.commit(...move.events))
        return
      case 'confirm':
        return this.#confirm(this.#pick('pending', move.at))
      case 'remove':
        this.#pick('pending', move.at)
        return
      case 'retract':
        this.#pick('unacked', move.at)
        return
      case 'confirmUnacked':
        return this.#confirm(this.#pick('unacked', 0))
      case 'ack':
        this.pending.push(...this.unacked.splice(0, 1))
        return
      case 'ackLocal':
        this.local.push(...this.unackedLocal.splice(0, 1))
    }
  }

  /** The target of a reconcile: only what is newly confirmed and newly acked of the local log. */
  target(): Target {
    const { pending, unacked, unackedLocal } = this
    const target = {
      confirmed: this.confirmed.slice(this.#told.confirmed),
      local: this.local.slice(this.#told.local),
      pending: this.#steady('pending', pending),
      unacked: this.#steady('unacked', unacked),
      unackedLocal: [...unackedLocal],
    }
    this.#told = { confirmed: this.confirmed.length, local: this.local.length }
    return target
  }

  /** Confirmed commits whose events come after `seq`. */
  confirmedAfter(seq: number): Commit<ConfirmedEvent>[] {
    return this.confirmed.filter((commit) => (commit[0] as ConfirmedEvent).seq > seq)
  }

  /** The list as it was given last, as long as it has not changed. */
  #steady(name: 'pending' | 'unacked', list: readonly Commit[]): readonly Commit[] {
    const last = this.#given[name]
    if (last.length !== list.length || last.some((commit, i) => commit !== list[i])) this.#given[name] = [...list]
    return this.#given[name]
  }

  #confirm(commit: Commit | undefined): void {
    if (commit) this.confirmed.push(confirmed(commit, this.head + 1))
  }

  #pick(list: 'pending' | 'unacked', at: number): Commit | undefined {
    return this[list].splice(at % Math.max(1, this[list].length), 1)[0]
  }
}
