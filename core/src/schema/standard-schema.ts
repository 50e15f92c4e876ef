/**
 * The part of Standard Schema v1 (https://standardschema.dev) that Livefold calls: what zod, valibot, arktype and
 * effect schemas have in common.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

export type InputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input']
export type OutputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output']

/** What a schema must also be to be taken: not one that its type says is asynchronous. */
export type Synchronous<S extends StandardSchema> = S extends { readonly async: true }
  ? AsyncSchemaRefused
  : ReturnType<S['~standard']['validate']> extends Promise<unknown>
    ? AsyncSchemaRefused
    : unknown

/** Named for the compiler's message: events are validated synchronously, at commit. */
interface AsyncSchemaRefused {
  readonly 'async schemas are refused: events are validated synchronously, at commit': never
}

/** A place within a value, as in `whyNotJson`: `$.tags[2]`. */
export function pathText(path: StandardIssue['path']): string {
  let text = '$'
  for (const step of path ?? []) {
    const key = typeof step === 'object' ? step.key : step
    text += typeof key === 'number' ? `[${key}]` : `.${String(key)}`
  }
  return text
}
