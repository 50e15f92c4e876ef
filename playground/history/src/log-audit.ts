/** What the audit reads of a confirmed event. */
export interface LoggedEvent {
  readonly seq: number
  readonly id: string
  readonly name: string
  readonly args: unknown
  readonly joined?: true
}

export interface LogAudit {
  readonly events: number
  /** Store commits. */
  readonly commits: number
  /** What is wrong with the log, one line each; the first few. */
  readonly faults: readonly string[]
}

const SHOWN = 10
const SEPARATOR = '.'

/**
 * Reads a whole eventlog and checks that it holds an import exactly once: `seq` without gaps, no event id twice, each
 * commit whole and unmixed, each part of each git commit once. Needs memory per git commit, not per event.
 */
export class LogAuditor {
  #events = 0
  #commits = 0
  readonly #faults: string[] = []
  readonly #lastOfSession = new Map<string, number>()
  readonly #parts = new Set<string>()
  /** The `v1.CommitImported` that the next events belong to, and how many of them are still to come. */
  #open: { readonly n: unknown; missing: number } | null = null

  add(event: LoggedEvent): void {
    this.#events += 1
    if (event.seq !== this.#events) this.#fault(event, `has seq ${event.seq}, expected ${this.#events}`)
    this.#checkId(event)
    this.#checkPlace(event)
  }

  result(): LogAudit {
    if (this.#open) this.#faults.push(`the log ends within commit ${this.#open.n}`)
    return { events: this.#events, commits: this.#commits, faults: this.#faults.slice(0, SHOWN) }
  }

  // A session's events keep their order, so a number that does not rise is an event that is there twice.
  #checkId(event: LoggedEvent): void {
    const at = event.id.lastIndexOf(SEPARATOR)
    const session = event.id.slice(0, at)
    const number = Number(event.id.slice(at + 1))
    const last = this.#lastOfSession.get(session) ?? 0
    if (!(number > last)) this.#fault(event, `comes after ${session}.${last}`)
    this.#lastOfSession.set(session, number)
  }

  #checkPlace(event: LoggedEvent): void {
    const args = event.args as { n?: unknown; part?: unknown; changes?: unknown }
    if (this.#open) {
      if (event.name === 'v1.CommitImported') this.#fault(event, `starts within commit ${this.#open.n}`)
      if (args.n !== this.#open.n) this.#fault(event, `is of commit ${args.n}, within commit ${this.#open.n}`)
      this.#open.missing -= 1
    } else {
      if (event.name !== 'v1.CommitImported') this.#fault(event, 'belongs to no commit')
      const part = `${args.n}/${args.part}`
      if (this.#parts.has(part)) this.#fault(event, `imports commit ${part} again`)
      this.#parts.add(part)
      this.#open = { n: args.n, missing: Number(args.changes) }
    }
    const last = event.joined !== true
    if (last !== (this.#open.missing === 0)) this.#fault(event, `${last ? 'ends' : 'does not end'} commit ${args.n}`)
    if (!last) return
    this.#commits += 1
    this.#open = null
  }

  #fault(event: LoggedEvent, what: string): void {
    if (this.#faults.length < SHOWN) this.#faults.push(`event ${event.id} (${event.name}) ${what}`)
  }
}
