import { expect, it } from 'vitest'
import { directoryPath } from './directory-path.ts'
import { storeNames } from './store-names.ts'

it('ISO-1 no two stores share a lock, a channel, a key or a directory', () => {
  const long = 'x'.repeat(199)
  const ids = [
    'a',
    'A',
    'a:b',
    'a%3Ab',
    '.',
    '..',
    'a/b',
    'ä',
    '日本'.repeat(100),
    `${'日本'.repeat(99)}日`,
    `${long}1`,
    `${long}2`,
  ]
  for (const of of ['leader', 'lobby', 'session', 'candidate', 'leftover', 'client'] as const) {
    expect(new Set(ids.map((id) => storeNames(id)[of])).size).toBe(ids.length)
  }
  expect(new Set(ids.map((storeId) => directoryPath({ storeId }))).size).toBe(ids.length)
})

it('a prefix of one store begins no name of another', () => {
  const [short, long] = [storeNames('a'), storeNames('a:session:b')]
  for (const prefix of [short.session, short.candidate, short.leftover]) {
    for (const name of [long.leader, long.lobby, long.session, long.candidate, long.leftover]) {
      expect(name.startsWith(prefix)).toBe(false)
    }
  }
})

it.each(['.', '..', '/', '日本'.repeat(100)])('%j has a directory that every browser takes', (id) => {
  const name = directoryPath({ storeId: id }).slice('livefold/'.length)
  expect(name).not.toMatch(/^\.+$|\//)
  expect(name.length).toBeLessThanOrEqual(160)
})
