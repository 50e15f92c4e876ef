import { expect, test } from 'vitest'
import { endpoint } from './endpoint.ts'

test.each([
  ['http://localhost:4322/sync', 'ws://localhost:4322/sync', 'http://localhost:4322/sync'],
  ['https://example.com/a/b?c=d', 'wss://example.com/a/b?c=d', 'https://example.com/a/b?c=d'],
  ['ws://[::1]:80/sync#top', 'ws://[::1]/sync', 'http://[::1]/sync'],
  ['wss://example.com', 'wss://example.com/', 'https://example.com/'],
])('%s is dialled as %s and %s', (url, webSocket, http) => {
  expect(endpoint(url, 'webSocket')).toBe(webSocket)
  expect(endpoint(new URL(url), 'http')).toBe(http)
})

test('what is no address is refused with the way out', () => {
  expect(() => endpoint('localhost', 'http')).toThrow('"localhost" is not a URL')
  expect(() => endpoint('localhost:4322', 'http')).toThrow('"localhost:" in localhost:4322 is not a scheme')
  expect(() => endpoint(undefined as unknown as string, 'webSocket')).toThrow('call webSocketSync({ url })')
  expect(() => endpoint('file:///etc/passwd', 'http')).toThrow('use http(s) or ws(s)')
})

test('credentials in the URL are refused, and not repeated', () => {
  expect(() => endpoint('https://:secret@example.com/sync', 'webSocket')).toThrow(/^((?!secret).)*$/)
})
