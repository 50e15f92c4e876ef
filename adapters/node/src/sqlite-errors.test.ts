import { expect, test } from 'vitest'
import { nodeError } from './sqlite-errors.ts'

test('DUR-1 what fails because its thread is being ended is judged as no event’s fault, and tried again', () => {
  const denied = Object.assign(new Error('authorization denied'), { code: 'ERR_SQLITE_ERROR', errcode: 23 })
  expect(nodeError(denied, 'run', 'apply changeset')).toMatchObject({ code: 'storage/io', retry: 'restart' })
  expect(nodeError(denied, 'prepare', 'DROP TABLE t')).toMatchObject({ code: 'query/invalid' })
})
