/** A broken rule of DESIGN §5, with what is needed to see it again. */
export class Violation extends Error {
  override readonly name = 'Violation'
  /** Like `STATE-1`. */
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
