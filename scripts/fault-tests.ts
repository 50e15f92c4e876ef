// `npm run attack`, `kills`, `damage`, `browser-faults`: tests of one kind of fault, as often as wanted.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { findFirefox } from './browser-finder.ts'
import { type CommandLine, readCommandLine, USAGE_CODE } from './command-line.ts'
import { root } from './workspace.ts'

interface FaultTests {
  readonly about: string
  /** Vitest's project, and the beginnings of its test files. */
  readonly projects: readonly string[]
  readonly files: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Where the environment says nothing else. */
  readonly settings?: Readonly<Record<string, string>>
  /** The files may be chosen by name. */
  readonly chosen?: boolean
}

const BROWSERS = {
  CHROMIUM_PATH: 'a Chromium other than the one that is found',
  FIREFOX_PATH: 'a Firefox; where there is one a part of the tests runs in it too',
}

const all: Readonly<Record<string, FaultTests>> = {
  attack: {
    about: 'Hostile clients against a sync server: wrong tokens, mutated frames, slow readers, crowds.',
    projects: ['e2e'],
    files: ['adapters/server/src/attack'],
    environment: { ATTACK: 'times as many frames and tries (1)', ATTACK_SEED: 'of the mutations (1)' },
  },
  kills: {
    about: 'Processes killed in the middle of their work, and what they find when they start again.',
    projects: ['e2e'],
    files: ['adapters/node/src/kills', 'playground/history'],
    environment: { KILLS: 'how often (150)' },
  },
  damage: {
    about: 'Damaged database files, of clients and of servers: never silently wrong.',
    projects: ['e2e'],
    files: ['adapters/node/src/damage', 'adapters/server/src/damage'],
    environment: {
      DAMAGES: "clients' files (320)",
      DAMAGE_SEED: 'one of them alone',
      SERVER_DAMAGES: "servers' logs (500)",
      SERVER_DAMAGE_SEED: 'one of them alone',
    },
  },
  'browser-faults': {
    about: 'What can happen to tabs, workers, browsers and their storage.',
    projects: ['browser', ...(findFirefox() === null ? [] : ['browser-firefox'])],
    files: [
      ...['auth', 'crash', 'damage', 'kill', 'lifecycle', 'memory', 'opening', 'private', 'reload'],
      ...['storage-faults', 'tabs', 'versions'],
    ],
    environment: { BROWSER_KILLS: 'how often the whole browser is killed (20)', ...BROWSERS },
    settings: { BROWSER_KILLS: '20' },
    chosen: true,
  },
}

const [task = '', ...args] = process.argv.slice(2)
const tests = Object.hasOwn(all, task) ? all[task] : undefined
if (!tests) {
  console.error(`There are no tests of '${task}'. There are: ${Object.keys(all).join(', ')}.`)
  process.exit(USAGE_CODE)
}
const { about, projects, files, environment, settings, chosen } = tests
const line = {
  command: `npm run ${task}`,
  about,
  ...(chosen && { operands: { value: '[name …]', text: `these alone: ${files.join(', ')}`, names: files } }),
  options: { only: { kind: 'text', value: '<words>', text: 'tests whose name has these words' } },
  environment,
} as const satisfies CommandLine
const { values, operands } = readCommandLine(line, args)
const child = spawn(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    ...(values.only === undefined ? [] : ['--testNamePattern', values.only]),
    ...(operands.length > 0 ? operands : files),
  ],
  { cwd: root, stdio: 'inherit', env: { ...settings, ...process.env } },
)
// Whoever stops this means the tests.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
const [code] = await once(child, 'exit')
process.exitCode = code ?? 1
