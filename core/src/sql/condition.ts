import type { SqlValue } from '../sqlite/driver.ts'
import type { ColumnRef } from './source.ts'

/** A column that must hold one of some values: their places among the values of the SQL, null for NULL itself. */
export interface PinPlaces {
  readonly ref: ColumnRef
  readonly places: readonly (number | null)[]
}

/** A condition without its values. SQL's three-valued logic holds: a comparison with a null column is neither true nor false. */
export interface ConditionForm {
  readonly sql: string
  /** Number of values, one for each `?`. */
  readonly size: number
  /** Each holds on its own. */
  readonly pins: readonly PinPlaces[]
  /** What joins its parts, when it has several. */
  readonly joint: 'and' | 'or' | null
}

/** A condition with its values in stored form, in the order of its SQL. */
export class Condition {
  readonly form: ConditionForm
  readonly values: readonly SqlValue[]

  constructor(form: ConditionForm, values: readonly SqlValue[]) {
    this.form = form
    this.values = values
  }
}

/** A form with nothing to join. */
export function single(sql: string, size: number, pins: readonly PinPlaces[] = []): ConditionForm {
  return { sql, size, pins, joint: null }
}

/** Several conditions as one, their parts side by side: flat conditions pin, and read, better. */
export function joinForms(joint: 'and' | 'or', parts: readonly ConditionForm[]): ConditionForm {
  const [only] = parts
  // No condition at all: `and` of nothing holds, `or` of nothing does not.
  if (!only) return single(joint === 'and' ? '1' : '0', 0)
  if (parts.length === 1) return only
  let size = 0
  const pins = parts.map((part) => {
    const start = size
    size += part.size
    return part.pins.map(({ ref, places }) => ({
      ref,
      places: places.map((place) => (place === null ? null : place + start)),
    }))
  })
  const texts = parts.map((part) => (part.joint && part.joint !== joint ? `(${part.sql})` : part.sql))
  return { sql: texts.join(` ${joint} `), size, pins: joint === 'and' ? narrowest(pins.flat()) : common(pins), joint }
}

export function joined(joint: 'and' | 'or', parts: readonly Condition[]): Condition {
  const form = joinForms(
    joint,
    parts.map((part) => part.form),
  )
  return new Condition(
    form,
    parts.flatMap((part) => part.values),
  )
}

/** One pin a column: the shortest says most. */
function narrowest(pins: readonly PinPlaces[]): readonly PinPlaces[] {
  const byColumn = new Map<ColumnRef, PinPlaces>()
  for (const pin of pins) {
    const other = byColumn.get(pin.ref)
    if (!other || pin.places.length < other.places.length) byColumn.set(pin.ref, pin)
  }
  return [...byColumn.values()]
}

/** What every branch of an `or` pins. */
function common([first = [], ...rest]: readonly (readonly PinPlaces[])[]): readonly PinPlaces[] {
  return first.flatMap(({ ref, places }) => {
    const others = rest.map((branch) => branch.find((pin) => pin.ref === ref))
    return others.every((pin) => pin !== undefined)
      ? [{ ref, places: [...places, ...others.flatMap((pin) => pin.places)] }]
      : []
  })
}
