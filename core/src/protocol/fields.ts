import { StoreError } from '../base/errors.ts'

/** A parsed JSON object whose fields are still anybody's guess. */
export type Unchecked = Readonly<Record<string, unknown>>

const ID = /^[0-9A-Za-z_-]{1,64}$/
const EVENT_ID = /^([0-9A-Za-z_-]{1,64})\.([1-9][0-9]{0,15})$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

/** The refusal of one field. `why` completes "must be …". */
export function malformed(field: string, why: string): StoreError {
  return new StoreError('protocol/malformed', `Message refused: "${field}" must be ${why}`, { details: { field, why } })
}

/** The same refusal with its field named below `path`; any other error as it is. */
export function fieldBelow(error: unknown, path: string): unknown {
  if (!(error instanceof StoreError) || error.code !== 'protocol/malformed') return error
  return malformed(`${path}.${error.details.field}`, String(error.details.why))
}

export function objectOf(value: unknown, field: string): Unchecked {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(field, 'an object')
  if (Object.hasOwn(value, '__proto__')) throw malformed(field, 'without a "__proto__" key')
  return value as Unchecked
}

/** The field itself, never something inherited: a message without `constructor` has no `constructor`. */
function own(object: Unchecked, field: string): unknown {
  return Object.hasOwn(object, field) ? object[field] : undefined
}

export function has(object: Unchecked, field: string): boolean {
  return own(object, field) !== undefined
}

export function integerField(object: Unchecked, field: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const value = own(object, field)
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw malformed(field, `an integer from ${min} to ${max}`)
  }
  // JSON has a -0; the order of a store does not.
  return (value as number) + 0
}

export function numberField(object: Unchecked, field: string, min: number, max: number): number {
  const value = own(object, field)
  if (typeof value !== 'number' || !(value >= min && value <= max))
    throw malformed(field, `a number from ${min} to ${max}`)
  return value + 0
}

export function booleanField(object: Unchecked, field: string): boolean {
  const value = own(object, field)
  if (typeof value !== 'boolean') throw malformed(field, 'true or false')
  return value
}

/** Text of at most `max` UTF-16 units. */
export function textField(object: Unchecked, field: string, max: number): string {
  const value = own(object, field)
  if (typeof value !== 'string' || value.length > max) throw malformed(field, `a string of at most ${max} characters`)
  return value
}

/** A name that databases keep as it is: 1–200 characters, well-formed, and where asked without control characters. */
export function nameField(object: Unchecked, field: string, control: 'control allowed' | 'no control'): string {
  const value = own(object, field)
  if (typeof value !== 'string' || !isName(value, control)) {
    throw malformed(
      field,
      `1 to 200 characters of well-formed text${control === 'no control' ? ' without control characters' : ''}`,
    )
  }
  return value
}

function isName(value: string, control: 'control allowed' | 'no control'): boolean {
  if (value.length < 1 || value.length > 200 || !value.isWellFormed()) return false
  return control === 'control allowed' ? !value.includes('\0') : !CONTROL.test(value)
}

/** A client, session, backend or connection id. */
export function idField(object: Unchecked, field: string): string {
  const value = own(object, field)
  if (typeof value !== 'string' || !ID.test(value)) throw malformed(field, '1 to 64 characters of 0-9 A-Z a-z _ -')
  return value
}

/** `<sessionId>.<n>` with n = 1, 2, 3 … in its one decimal form. */
export function eventIdField(object: Unchecked, field: string): string {
  const value = own(object, field)
  const match = typeof value === 'string' ? EVENT_ID.exec(value) : null
  if (!match || !Number.isSafeInteger(Number(match[2]))) throw malformed(field, 'an event id "<sessionId>.<n>"')
  return value as string
}

/** The id at position `seq` of a store: null at 0, and only there. */
export function positionIdField(object: Unchecked, field: string, seq: number): string | null {
  if (seq > 0) return eventIdField(object, field)
  if (own(object, field) !== null) throw malformed(field, 'null at position 0')
  return null
}

export function arrayField(object: Unchecked, field: string, min = 0): readonly unknown[] {
  const value = own(object, field)
  if (!Array.isArray(value) || value.length < min) throw malformed(field, `an array of at least ${min}`)
  return value
}

export function choiceField<const T extends string>(object: Unchecked, field: string, choices: readonly T[]): T {
  const value = own(object, field)
  if (!(choices as readonly unknown[]).includes(value)) throw malformed(field, `one of ${choices.join(', ')}`)
  return value as T
}
