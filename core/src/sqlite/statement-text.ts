import { StoreError } from '../base/errors.ts'
import { quoteSql } from './result-codes.ts'

const blank = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*$/

/** Nothing but white space, semicolons and comments. */
export function isBlankSql(sql: string): boolean {
  return sql === '' || blank.test(sql)
}

export function noStatementError(sql: string): StoreError {
  return new StoreError('query/invalid', `There is no statement in the SQL: ${quoteSql(sql)}`, {
    details: { sql: quoteSql(sql) },
  })
}

export function secondStatementError(sql: string): StoreError {
  return new StoreError('query/invalid', `Only one statement can be prepared at a time; split: ${quoteSql(sql)}`, {
    details: { sql: quoteSql(sql) },
  })
}

/** Strings, quoted names and comments (nothing in them is a parameter), then parameters. */
const tokens =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\?(\d*)|[:@$#][\p{ID_Start}_][\p{ID_Continue}$]*|[\p{ID_Start}_][\p{ID_Continue}$]*/gu

/**
 * Number of parameters of a statement, for drivers whose SQLite does not tell: `?` and the highest of `?2`.
 *
 * @throws StoreError `query/invalid` for parameters with names
 */
export function countParameters(sql: string): number {
  let highest = 0
  for (const [token, number] of sql.matchAll(tokens)) {
    if (number !== undefined) highest = number === '' ? highest + 1 : Math.max(highest, Number(number))
    else if (/^[:@$#]/.test(token)) throw namedParameterError(token, sql)
  }
  return highest
}

export function namedParameterError(name: string, sql: string): StoreError {
  return new StoreError('query/invalid', `Values are bound by place: write ? for ${name}, in: ${quoteSql(sql)}`, {
    details: { parameter: name, sql: quoteSql(sql) },
  })
}
