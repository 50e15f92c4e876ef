import { describe, expect, test } from 'vitest'
import { parseArguments, UsageError } from './arguments.ts'

const client = ['--store', 's', '--server', 'http://localhost:4322', '--data', '/d']
const parsedClient = {
  store: 's',
  data: '/d',
  worker: false,
  server: { url: 'http://localhost:4322/sync', transport: 'ws' },
}

describe('arguments', () => {
  test('import with its defaults', () => {
    expect(parseArguments(['import', '/repo', ...client])).toEqual({
      command: 'import',
      ...parsedClient,
      directory: '/repo',
      ref: 'HEAD',
      limit: Number.POSITIVE_INFINITY,
      only: null,
    })
  })

  test('import with everything', () => {
    const more = ['--ref', 'v1', '--limit', '20', '--only', 'odd', '--transport', 'http', '--worker']
    expect(parseArguments(['import', ...client, ...more, '/repo'])).toEqual({
      command: 'import',
      ...parsedClient,
      server: { url: 'http://localhost:4322/sync', transport: 'http' },
      worker: true,
      directory: '/repo',
      ref: 'v1',
      limit: 20,
      only: 'odd',
    })
  })

  test.each([
    [[], null],
    [['--until', 'head'], 'head'],
    [['--until', '7'], 7],
  ])('follow %j', (args, until) => {
    expect(parseArguments(['follow', ...client, ...args])).toEqual({ command: 'follow', ...parsedClient, until })
  })

  test('a server with a path of its own keeps it', () => {
    const args = parseArguments(['follow', '--store', 's', '--data', 'd', '--server', 'wss://example.org/a/b?c=1'])
    expect(args).toMatchObject({ server: { url: 'wss://example.org/a/b?c=1' } })
  })

  test('verify', () => {
    expect(parseArguments(['verify', '.', ...client, '--log'])).toMatchObject({
      directory: '.',
      ref: 'HEAD',
      log: true,
    })
  })

  test.each([
    [[], 'a command is missing'],
    [['push'], '"push" is no command'],
    [['import', ...client], '<git-dir> is missing'],
    [['import', 'a', 'b', ...client], '"b" is one argument too many'],
    [['follow', 'a', ...client], '"a" is one argument too many'],
    [['verify', 'a', '--store', 's', '--data', 'd'], '--server is missing'],
    [['verify', 'a', '--store', '', '--data', 'd', '--server', 'http://x'], '--store is missing'],
    [['verify', 'a', '--store', 's', '--data', 'd', '--server', 'localhost:4322'], 'is no http:'],
    [['import', 'a', ...client, '--limit', '0'], 'no number from 1'],
    [['import', 'a', ...client, '--limit', '1e3'], 'no number from 1'],
    [['import', 'a', ...client, '--only', 'prime'], 'is none of odd, even'],
    [['import', 'a', ...client, '--transport', 'udp'], 'is none of ws, http'],
    [['follow', ...client, '--ref', 'main'], '--ref'],
    [['follow', ...client, '--until'], '--until'],
  ])('%j is refused', (args, message) => {
    expect(() => parseArguments(args)).toThrow(UsageError)
    expect(() => parseArguments(args)).toThrow(message)
  })
})
