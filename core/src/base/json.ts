import { messagePart } from './late-text.ts'

/** What events carry: JSON, and nothing that JSON would drop or change. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Deepest nesting that the protocol carries. */
export const MAX_JSON_DEPTH = 32

/** Why a value is not plain JSON. */
export interface Misfit {
  /** Where, below the value: `.tags[2]`. */
  path: string
  why: string
}

/** Why a value is not plain JSON, and where (`$.tags[2]`); null when it is. */
export function whyNotJson(value: unknown): Misfit | null {
  const misfit: Misfit = { path: '', why: '' }
  return plainCopy(value, misfit) === undefined ? { path: `$${misfit.path}`, why: misfit.why } : null
}

/**
 * A frozen copy that shares nothing with `value`, with the 0 that JSON makes of -0; undefined when `value` is not plain
 * JSON, and `misfit` is told why.
 */
export function plainCopy(value: unknown, misfit: Misfit, depth = 0): Json | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number')
    return Number.isFinite(value) ? value + 0 : refuse(misfit, `${value} is not a JSON number`)
  if (typeof value !== 'object') return refuse(misfit, `${typeof value} is not JSON`)
  if (depth >= MAX_JSON_DEPTH) return refuse(misfit, `nested deeper than ${MAX_JSON_DEPTH}`)
  if (Array.isArray(value)) {
    const copy: Json[] = []
    for (let i = 0; i < value.length; i++) {
      const item = plainCopy(value[i], misfit, depth + 1)
      if (item === undefined) return within(misfit, `[${i}]`)
      copy.push(item)
    }
    return Object.freeze(copy)
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    return refuse(misfit, `${value.constructor?.name ?? 'object'} is not a plain object`)
  // Of the copy: view libraries mark what they have wrapped with symbols that none has.
  const copy: Record<string, unknown> = { ...value }
  if (Object.getOwnPropertySymbols(copy).length > 0) return refuse(misfit, 'symbol keys are not JSON')
  // Not `Object.keys`: this is done for each event. What someone has added to `Object.prototype` comes by here, and is left alone.
  for (const key in copy) {
    const given = copy[key]
    if (key === '__proto__') return refuse(misfit, '"__proto__" is not a safe key')
    if (typeof given === 'string' || typeof given === 'boolean' || !Object.hasOwn(copy, key)) continue
    const member = plainCopy(given, misfit, depth + 1)
    if (member === undefined) return within(misfit, `.${key}`)
    if (member !== given || member === 0) copy[key] = member
  }
  return Object.freeze(copy as Record<string, Json>)
}

function refuse(misfit: Misfit, why: string): undefined {
  misfit.why = messagePart(why)
}

/** The way there is told from the inside out. */
function within(misfit: Misfit, step: string): undefined {
  misfit.path = step + misfit.path
}
