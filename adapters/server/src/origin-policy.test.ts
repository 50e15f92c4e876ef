import { describe, expect, test } from 'vitest'
import { originPolicy } from './origin-policy.ts'

describe('without authentication', () => {
  const allows = originPolicy({ authenticated: false })

  test.each([
    [null, '127.0.0.1:4322'],
    ['http://localhost:5173', '127.0.0.1:4322'],
    ['http://app.localhost:5173', 'localhost:4322'],
    ['https://127.0.0.1', 'localhost:4322'],
    ['http://[::1]:5173', '[::1]:4322'],
    ['http://192.168.1.5:5173', '192.168.1.5:4322'],
    ['http://[fe80::1]:5173', '[fe80::1]:4322'],
  ])('%s may reach %s', (origin, host) => {
    expect(allows(origin, host)).toBe(true)
  })

  test.each([
    ['https://evil.example', '127.0.0.1:4322'],
    ['https://evil.example', 'evil.example:4322'],
    ['http://192.168.1.6:5173', '192.168.1.5:4322'],
    ['http://127.0.0.1.evil.example', '127.0.0.1:4322'],
    ['http://localhost.evil.example', 'localhost:4322'],
    ['http://notlocalhost', 'localhost:4322'],
    ['null', '127.0.0.1:4322'],
    ['', '127.0.0.1:4322'],
    ['http://192.168.1.5', null],
  ])('%s may not reach %s', (origin, host) => {
    expect(allows(origin, host)).toBe(false)
  })
})

test('with authentication every page may try', () => {
  expect(originPolicy({ authenticated: true })('https://any.example', 'x')).toBe(true)
})

test('a list is exact, and holds with and without authentication', () => {
  for (const authenticated of [true, false]) {
    const allows = originPolicy({ authenticated, origins: ['https://app.example/', 'http://b.example:80'] })
    expect(allows('https://app.example', 'x')).toBe(true)
    expect(allows('http://b.example', 'x')).toBe(true)
    expect(allows(null, 'x')).toBe(true)
    expect(allows('http://app.example', 'x')).toBe(false)
    expect(allows('https://app.example:8443', 'x')).toBe(false)
    expect(allows('http://localhost', 'x')).toBe(false)
    expect(originPolicy({ authenticated, origins: '*' })('null', 'x')).toBe(true)
  }
})
