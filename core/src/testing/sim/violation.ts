/** A broken rule of DESIGN §5, with what is needed to see it again. */
export class Violation extends Error {
  override readonly name = 'Violation'
  /** Like `STATE-1`; `ERROR` for a failure that no rule allows. */
  readonly rule: string

  constructor(rule: string, what: string) {
    super(`${rule}: ${what}`)
    this.rule = rule
  }
}

/** @throws Violation unless `holds` */
export function must(holds: unknown, rule: string, what: () => string): asserts holds {
  if (!holds) throw new Violation(rule, what())
}

/** Keeps the first violation: what is seen inside callbacks of the code under test cannot be thrown out of them. */
export class Judge {
  first: Violation | null = null
  /** A subscriber has committed in this step: others may hear of a row that went there and back. */
  reacted = false

  fail(rule: string, what: string): void {
    this.first ??= new Violation(rule, what)
  }

  /** Anything thrown where nothing may be. */
  take(thrown: unknown): void {
    if (thrown instanceof Violation) this.first ??= thrown
    else this.fail('ERROR', thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
  }
}
