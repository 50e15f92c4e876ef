import { DEVELOPMENT } from '../base/development.ts'
import { messageOf, StoreError } from '../base/errors.ts'
import { type Json, plainCopy } from '../base/json.ts'
import { type InputOf, type OutputOf, pathText, type StandardSchema, type Synchronous } from './standard-schema.ts'

/** An event on its way into `commit`: named, not yet validated. */
export interface NewEvent {
  readonly name: string
  readonly args: unknown
  readonly local: boolean
}

interface EventFacts {
  /** Name on the wire. */
  readonly name: string
  readonly local: boolean
  /**
   * The schema's output for `args`: plain JSON, a frozen copy that shares nothing with what was given.
   * Throws `event/invalid` with `{ event, path }`. Never changes `args`.
   */
  validate(args: unknown): Json
}

/** What everything but the app's types needs to know of an event. */
export interface EventDefinition extends EventFacts {
  // biome-ignore lint/suspicious/noExplicitAny: args of every event
  (...args: any[]): NewEvent
}

/** Args may be left out when every member of them may. */
// biome-ignore lint/complexity/noBannedTypes: exactly "an object without members fits" is asked
type ArgsOf<Input> = {} extends Input ? [args?: Input] : [args: Input]

declare const outputType: unique symbol

/** An event of a schema library's type. Call it to make one: `events.todoCreated({ id, title })`. */
export interface EventOf<Input, Output, Local extends boolean> extends EventFacts {
  readonly local: Local
  (...args: ArgsOf<Input>): NewEvent
  // Types only: the args as the materializer gets them.
  readonly [outputType]: () => Output
}

/** The args that a materializer of an event gets. */
export type OutputOfEvent<E> = E extends { readonly [outputType]: () => infer O } ? O : never

/**
 * Defines a synced event: its name on the wire, for ever, and any Standard Schema (zod, valibot, arktype, effect …) of
 * its args. What is stored is the schema's output; it must be plain JSON. Async schemas are refused.
 *
 * @example
 * const todoCreated = event('v1.TodoCreated', z.object({ id: z.string(), title: z.string() }))
 * store.commit(todoCreated({ id: 'a', title: 'Water the plants' }))
 */
export function event<S extends StandardSchema>(
  name: string,
  schema: S & Synchronous<S>,
): EventOf<InputOf<S>, OutputOf<S>, false> {
  return define(name, schema, false) as unknown as EventOf<InputOf<S>, OutputOf<S>, false>
}

/**
 * Defines a local event: it reaches this client's tabs, never the backend, and writes local tables alone.
 *
 * @example
 * const uiSet = localEvent('v1.UiSet', z.object({ key: z.string(), value: z.unknown() }))
 */
export function localEvent<S extends StandardSchema>(
  name: string,
  schema: S & Synchronous<S>,
): EventOf<InputOf<S>, OutputOf<S>, true> {
  return define(name, schema, true) as unknown as EventOf<InputOf<S>, OutputOf<S>, true>
}

function define(name: string, schema: StandardSchema, local: boolean): EventDefinition {
  if (DEVELOPMENT) checkEvent(name, schema)
  const create = (args: unknown = {}): NewEvent => ({ name, args, local })
  Object.defineProperty(create, 'name', { value: name })
  return Object.assign(create, { local, validate: (args: unknown) => validate(name, schema, args) })
}

function checkEvent(name: string, schema: StandardSchema): void {
  // What a sync server takes: it would refuse every push that such an event is in.
  if (typeof name !== 'string' || !/^[^\0]{1,200}$/s.test(name) || !name.isWellFormed())
    throw new StoreError(
      'schema/invalid',
      `an event's name is a well-formed text of 1 to 200 characters, none of them NUL, not ${JSON.stringify(name)}`,
    )
  if (typeof schema?.['~standard']?.validate !== 'function') {
    throw new StoreError(
      'schema/invalid',
      `event ${name}: its schema is not a Standard Schema (zod, valibot, arktype, effect …)`,
    )
  }
}

function validate(event: string, schema: StandardSchema, args: unknown): Json {
  const result = resultOf(event, schema, args)
  if (result instanceof Promise) {
    // Nobody will await it; its rejection must not reach the process.
    result.catch(() => {})
    throw invalid(
      event,
      '$',
      'its schema is async; events are validated synchronously, at commit: check such things before',
    )
  }
  if (result.issues) {
    const [issue] = result.issues
    throw invalid(event, pathText(issue?.path), issue?.message ?? 'the schema refused it', result.issues)
  }
  const misfit = { path: '', why: '' }
  const copy = plainCopy(result.value, misfit)
  if (copy !== undefined) return copy
  const why = `${misfit.why}: stored args are plain JSON, so let the schema put out text or numbers`
  throw invalid(event, `$${misfit.path}`, why)
}

function resultOf(event: string, schema: StandardSchema, args: unknown) {
  try {
    return schema['~standard'].validate(args)
  } catch (error) {
    // Zod throws when a schema turns out to be async.
    throw invalid(event, '$', `its schema threw: ${messageOf(error)}; async schemas are refused`, undefined, error)
  }
}

function invalid(event: string, path: string, why: string, issues?: unknown, cause?: unknown): StoreError {
  const details = issues ? { event, path, issues: plainIssues(issues) } : { event, path }
  return new StoreError('event/invalid', `event ${event}, args ${path}: ${why}`, { details, cause })
}

/** Issues without the classes of a schema library: details cross channels. */
function plainIssues(issues: unknown): Json {
  return (issues as readonly { message: string; path?: never }[]).map(({ message, path }) => ({
    message,
    path: pathText(path),
  }))
}
