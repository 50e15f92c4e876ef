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
  /** Null: all rows pass. */
  readonly form: ConditionForm | null
  /** The column that the last step compared, when it was a bare equality. */
  readonly #equal: ColumnRef | null
  readonly #steps = new Map<string, Filter>()
  readonly #equals = new Map<string, Filter>()
  /** What was made of this filter and something that comes before it in a statement, by that. */
  readonly #forms = new Map<object, object>()

  constructor(scope: Scope, form: ConditionForm | null = null, kept = true, equal: ColumnRef | null = null) {
    this.scope = scope
    this.kept = kept
    this.form = form
    this.#equal = equal
  }

  /** `where …`, with a space at its end; empty without condition. */
  get sql(): string {
    return this.form ? `where ${this.form.sql} ` : ''
  }

  /** The condition alone; null when all rows pass. */
  get condition(): string | null {
    return this.form?.sql ?? null
  }

  /** Number of its values. */
  get size(): number {
    return this.form?.size ?? 0
  }

  get pins(): readonly PinPlaces[] {
    return this.form?.pins ?? []
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

  /** What `make` gives for `head` and this filter, made once as long as the filter is kept. */
  formOf<H extends object, F extends object>(head: H, make: (head: H, filter: Filter) => F): F {
    let form = this.#forms.get(head) as F | undefined
    if (form === undefined) {
      form = make(head, this)
      if (this.kept) this.#forms.set(head, form)
    }
    return form
  }

  #member(name: string, value: unknown, values: Binds): Narrowed {
    const known = this.#equals.get(name)
    const ref = known ? (known.#equal as ColumnRef) : refIn(this.scope, name)
    if (value === null || Array.isArray(value)) return this.#with(memberCondition(this.scope, ref, value), values)
    const bound = stored(this.scope, ref, value)
    return {
      filter: known ?? this.#step(this.#equals, name, equalForm(ref), ref),
      values: values.length === 0 ? [bound] : withOneMore(values, bound),
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
    const next = new Filter(this.scope, this.form ? joinForms('and', [this.form, form]) : form, kept, equal)
    if (kept) steps.set(name, next)
    return next
  }

  /** Where the full key stands among the values, in key order, when all rows that match have that one; null when others may match. */
  placesOf(key: readonly ColumnRef[]): readonly number[] | null {
    const places: number[] = []
    for (const ref of key) {
      const [place, ...more] = this.pins.find((pin) => pin.ref === ref)?.places ?? []
      if (typeof place !== 'number' || more.length > 0) return null
      places.push(place)
    }
    return places
  }
}

/** Not spread: an array that grows takes room for sixteen more. */
function withOneMore(values: Binds, last: SqlValue): SqlValue[] {
  const { length } = values
  const more: SqlValue[] = new Array(length + 1)
  for (let i = 0; i < length; i++) more[i] = values[i] as SqlValue
  more[length] = last
  return more
}
