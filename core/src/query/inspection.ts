import type { LiveQuery } from './live-query.ts'
import type { QueryEngine } from './query-engine.ts'

/** One live query, as an inspector shows it. */
export interface QueryInspection {
  readonly label: string | null
  readonly sql: string
  /** Its result is kept current by the rows that change. Otherwise the query is run again. */
  readonly maintained: boolean
  /** How often its SQL ran. */
  readonly runs: number
  /** How often changed rows alone brought it up to date. */
  readonly patches: number
  /** Listeners added by `subscribe` to this very query. */
  readonly subscribers: number
  /** Anything depends on it: a listener, an effect, a computed that someone observes. */
  readonly observed: boolean
  /** Of the last run or patch. In development alone, when the engine was given `now`. */
  readonly lastDurationMs?: number
}

/** The live queries of an engine. */
export function inspectionsOf(engine: QueryEngine): QueryInspection[] {
  return engine.liveQueries().map(inspectionOf)
}

function inspectionOf(query: LiveQuery): QueryInspection {
  const { plan, maintained, runs, patches, subscribers, observed, lastDurationMs } = query
  const inspection = { label: plan.label, sql: plan.sql, maintained, runs, patches, subscribers, observed }
  return lastDurationMs === undefined ? inspection : { ...inspection, lastDurationMs }
}
