import type { ProtocolRates } from './protocol/protocol-faults.ts'

/** One change of one source file, by exact text. */
export interface Edit {
  /** Path below `core/src`. */
  readonly file: string
  /** Found exactly once, or the mutant is void. */
  readonly find: string
  readonly replace: string
}

/** A way to break one rule. A simulated world has to report just that rule. */
export interface Mutant {
  readonly name: string
  readonly rule: string
  readonly edits: readonly Edit[]
  /** Where it is looked for: in full worlds, or in those without tables. Default `full`. */
  readonly world?: 'full' | 'protocol'
  /** First of the seeds that are tried: one where the place is soon reached. Default 1. */
  readonly from?: number
  /** Faults that make the place be reached. */
  readonly faults?: Partial<ProtocolRates>
}
