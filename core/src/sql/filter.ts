import type { Binds, SqlValue } from '../sqlite/driver.ts'
import { type Condition, type ConditionForm, joinForms, type PinPlaces } from './condition.ts'
import { type ColumnRef, refIn, type Scope } from './source.ts'
import { conditionFrom, equalForm, isMatch, memberCondition, stored } from './where.ts'

/** Most ways on that one filter remembers: lists of changing length make new ones for ever. */
const MAX_STEPS = 64

/** A filter, and its values in the order of its SQL. */
export interface Narrowed {
  readonly filter: Filter
  readonly values: Binds
}

/**
 * All `where` calls of a query or write, without their values: those travel beside, in the order of the SQL. Equal calls lead to the same
 * filter, so that the SQL and whatever depends on it is made once per form and not once per key.
 */
export class Filter {
  readonly scope: Scope
  /** It is found again by equal calls: worth to remember things by. */
  readonly kept: boolean
  readonly #form: ConditionForm | null
  /** The column that the last step compared, when it was a bare equality. */
  readonly #equal: ColumnRef | null
  readonly #steps = new Map<string, Filter>()
  readonly #equals = new Map<string, Filter>()
  #keyPlaces: readonly number[] | null | undefined
  readonly #texts = new Map<string, string>()

  constructor(scope: Scope, form: ConditionForm | null = null, kept = true, equal: ColumnRef | null = null) {
    this.scope = scope
    this.kept = kept
    this.#form = form
    this.#equal = equal
  }

  /** `where …`, with a space at its end; empty without condition. */
  get sql(): string {
    return this.#form ? `where ${this.#form.sql} ` : ''
  }

  /** The condition alone; null when all rows pass. */
  get condition(): string | null {
    return this.#form?.sql ?? null
  }

  /** Number of its values. */
  get size(): number {
    return this.#form?.size ?? 0
  }

  get pins(): readonly PinPlaces[] {
    return this.#form?.pins ?? []
  }

  /** With one more `where` call, whose values go behind `values`. Throws `query/invalid`. */
  narrow(args: readonly unknown[], values: Binds): Narrowed {
    const match = args[0]
    if (args.length === 1 && isMatch(match)) {
      let narrowed: Narrowed = { filter: this, values }
      // Not `Object.keys`: this is done for each point read.
      for (const name in match) {
        if (Object.hasOwn(match, name)) narrowed = narrowed.filter.#member(name, match[name], narrowed.values)
      }
      return narrowed
    }
    return this.#with(conditionFrom(this.scope, args), values)
  }

  /** SQL with this filter behind it: the same text object each time, whose hash the statement cache knows. */
  after(head: string): string {
    if (!this.#form) return head
    let text = this.#texts.get(head)
    if (text === undefined) {
      text = `${head} where ${this.#form.sql}`
      if (this.kept) this.#texts.set(head, text)
    }
    return text
  }

  /** The same conditions over the tables of a join. */
  within(scope: Scope): Filter {
    return new Filter(scope, this.#form, false)
  }

  /** The full key, in key order, when all rows that match have that one; null when others may match. */
  pinnedKey(key: readonly ColumnRef[], values: readonly SqlValue[]): readonly SqlValue[] | null {
    if (this.#keyPlaces === undefined) this.#keyPlaces = this.#placesOf(key)
    return this.#keyPlaces?.map((place) => values[place] as SqlValue) ?? null
  }

  #member(name: string, value: unknown, values: Binds): Narrowed {
    const known = this.#equals.get(name)
    const ref = known ? (known.#equal as ColumnRef) : refIn(this.scope, name)
    if (value === null || Array.isArray(value)) return this.#with(memberCondition(this.scope, ref, value), values)
    const bound = stored(this.scope, ref, value)
    return {
      filter: known ?? this.#step(this.#equals, name, equalForm(ref), ref),
      // An array that grows takes room for sixteen more.
      values: values.length === 0 ? [bound] : [...values, bound],
    }
  }

  #with({ form, values: more }: Condition, values: Binds): Narrowed {
    return { filter: this.#and(form), values: [...values, ...more] }
  }

  #and(form: ConditionForm): Filter {
    // What holds always, as `where({})`, narrows nothing.
    if (form.sql === '1') return this
    return this.#steps.get(form.sql) ?? this.#step(this.#steps, form.sql, form, null)
  }

  #step(steps: Map<string, Filter>, name: string, form: ConditionForm, equal: ColumnRef | null): Filter {
    const kept = this.kept && steps.size < MAX_STEPS
    const next = new Filter(this.scope, this.#form ? joinForms('and', [this.#form, form]) : form, kept, equal)
    if (kept) steps.set(name, next)
    return next
  }

  #placesOf(key: readonly ColumnRef[]): readonly number[] | null {
    const places: number[] = []
    for (const ref of key) {
      const [place, ...more] = this.pins.find((pin) => pin.ref === ref)?.places ?? []
      if (typeof place !== 'number' || more.length > 0) return null
      places.push(place)
    }
    return places
  }
}
