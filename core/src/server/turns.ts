import type { Clock } from '../base/clock.ts'

/** Round trip assumed of a connection that has not told one, ms. */
const UNKNOWN_RTT = 250
/** A turn before any doubling, ms: at most, and at least (a rebase takes time too). */
const FIRST_TURN = 500
const SHORTEST_TURN = 20
/** How often a turn is renewed for pushes that were already under way when it began. */
const RENEWALS = 4

/** One connection, as its store's turns know it. */
export class TurnMember {
  /** Last round trip told, ms. */
  rtt: number = UNKNOWN_RTT
  /** `behind` in a row. */
  streak = 0
  /** Turns in a row that passed without a push. */
  unused = 0
  renewals = 0
}

/**
 * Fairness among the writers of one store (SYNC-2). Compare-and-set alone lets quick writers starve a slow one:
 * after two `behind` in a row a connection gets a turn, and the other pushes wait until it has pushed or its time is up.
 * A push that has to wait gets a turn too. It also waits for one that is just being appended, instead of being told that it is behind,
 * sent once more and told so again: so under many writers each sends its events twice, not four times.
 *
 *     free ──behind ×2──▶ held by A ──A pushed, left, or time up──▶ next in line, or free (all waiting go on, in order)
 *     free ──appending──▶ A's append ──answered, or time up───────▶ the same
 */
export class Turns {
  granted = 0
  unused = 0
  readonly #clock: Clock
  readonly #longest: number
  readonly #enabled: boolean
  #holder: TurnMember | null = null
  /** Whose push the log is taking while nobody has the turn: what arrives meanwhile could only be told that it is behind. Never set beside `#holder`. */
  #appending: TurnMember | null = null
  #line: TurnMember[] = []
  #waiting: { member: TurnMember; go: () => void }[] = []
  #cancelDeadline: (() => void) | null = null

  constructor(clock: Clock, options: { longest: number; enabled: boolean }) {
    this.#clock = clock
    this.#longest = options.longest
    this.#enabled = options.enabled
  }

  /** Resolves when `member` may push: at once, unless another one has the turn or is being appended; then it gets the next that is free. */
  async enter(member: TurnMember): Promise<void> {
    const first = this.#holder ?? this.#appending
    if (first && first !== member) {
      if (!this.#line.includes(member)) this.#line.push(member)
      await new Promise<void>((go) => this.#waiting.push({ member, go }))
    }
    // Its push is under way: from here the longest turn bounds how long hooks and log may hold up the others.
    if (this.#holder === member) this.#setDeadline(this.#longest)
  }

  /** The log takes a push of the member's, until `appended`. */
  appending(member: TurnMember): void {
    if (!this.#enabled || this.#holder || this.#appending) return
    this.#appending = member
    this.#setDeadline(this.#longest)
  }

  /** That push is answered. */
  appended(member: TurnMember): void {
    if (this.#appending === member) this.#end()
  }

  /** The member's push, the first of its pipeline, was answered `behind`. */
  behind(member: TurnMember): void {
    if (!this.#enabled) return
    member.streak++
    if (this.#holder === member) this.#renew(member)
    else if (member.streak >= 2 && !this.#line.includes(member)) this.#line.push(member)
    if (!this.#holder && !this.#appending) this.#grantNext()
  }

  /** A push behind the first of its pipeline was answered like that one: its author pushes all of them again. */
  followed(member: TurnMember): void {
    if (this.#holder === member) this.#setDeadline(this.#duration(member))
  }

  /** The member's push got past the compare-and-set: its turn, if it had one, is used. */
  pushed(member: TurnMember): void {
    member.streak = 0
    member.unused = 0
    this.#leaveLine(member)
    if (this.#holder === member) this.#end()
  }

  /** The connection is gone; what it waited for goes on (and finds itself closed). */
  leave(member: TurnMember): void {
    this.#leaveLine(member)
    const own = this.#waiting.filter((waiting) => waiting.member === member)
    this.#waiting = this.#waiting.filter((waiting) => waiting.member !== member)
    for (const { go } of own) go()
    if (this.#holder === member) this.#end()
  }

  #grantNext(): void {
    const member = this.#line.shift()
    if (!member) return
    this.#holder = member
    this.granted++
    member.renewals = 0
    this.#setDeadline(this.#duration(member))
    this.#letIn(member)
  }

  #renew(member: TurnMember): void {
    if (member.renewals++ < RENEWALS) this.#setDeadline(this.#duration(member))
    else this.#end()
  }

  #duration({ rtt, unused }: TurnMember): number {
    const first = Math.max(SHORTEST_TURN, Math.min(2 * rtt, FIRST_TURN))
    return Math.min(first * 2 ** Math.min(unused, 16), this.#longest)
  }

  #setDeadline(ms: number): void {
    this.#cancelDeadline?.()
    this.#cancelDeadline = this.#clock.after(ms, () => {
      this.#cancelDeadline = null
      if (this.#holder) {
        this.unused++
        this.#holder.unused++
      }
      this.#end()
    })
  }

  #end(): void {
    this.#cancelDeadline?.()
    this.#cancelDeadline = null
    this.#holder = null
    this.#appending = null
    this.#grantNext()
    if (this.#holder) return
    const released = this.#waiting
    this.#waiting = []
    for (const { go } of released) go()
  }

  /** Pushes that the new holder had sent before its turn came. */
  #letIn(member: TurnMember): void {
    const own = this.#waiting.filter((waiting) => waiting.member === member)
    this.#waiting = this.#waiting.filter((waiting) => waiting.member !== member)
    for (const { go } of own) go()
  }

  #leaveLine(member: TurnMember): void {
    this.#line = this.#line.filter((other) => other !== member)
  }
}
