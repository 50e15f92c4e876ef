declare const resultType: unique symbol
declare const localType: unique symbol

/**
 * A query as a plain value: what `store.query`, `subscribe` and `signal` take. `Result` is what it gives.
 * `Local` says which tables it reads (true: local ones, false: synced ones, boolean: both, never: not known).
 */
export interface Query<out Result, out Local extends boolean = boolean> {
  // Types only: nothing of these exists at run time.
  readonly [resultType]: () => Result
  readonly [localType]: () => Local
}

/** What a query reads: `true` local tables, `false` synced ones. */
export type LocalOf<Q> = Q extends Query<unknown, infer L> ? L : never

interface KyselyQuery<R> {
  compile(): { readonly sql: string; readonly parameters: readonly unknown[] }
  execute(...options: never[]): Promise<R>
}

interface DrizzleQuery<R> {
  toSQL(): { readonly sql: string; readonly params: unknown[] }
  readonly _: { readonly result: R }
}

/**
 * What a query gives: rows for a list, a row or undefined for `first()`, a value for `count()` and its like, whatever
 * the function returns for a `computed`. Kysely and Drizzle values give their own row types, with values as stored.
 *
 * @example
 * const open = queryDb(todos.where({ done: false }))
 * type Open = ResultOf<typeof open> // readonly RowOf<typeof todos>[]
 */
export type ResultOf<Q> =
  Q extends Query<infer R, boolean>
    ? R
    : Q extends KyselyQuery<infer R>
      ? R
      : Q extends DrizzleQuery<infer R>
        ? R
        : unknown
