import { expect, it } from 'vitest'
import { parseCommandLine } from '../../scripts/command-line.ts'
import { argumentsOf, COMMAND_LINE, chosenRows } from './arguments.ts'

const parseArguments = (given: readonly string[]) => argumentsOf(parseCommandLine(COMMAND_LINE, given))

const rows = [
  { name: 'read' },
  { name: 'read-again' },
  { name: 'boot-100k', slow: true },
  { name: 'soak', onlyNamed: true },
]

const chosen = (...given: string[]) => chosenRows(rows, parseArguments(given)).map((row) => row.name)

it('a quick run leaves out slow rows, unless they are named', () => {
  expect(chosen()).toEqual(['read', 'read-again', 'boot-100k'])
  expect(chosen('--quick')).toEqual(['read', 'read-again'])
  expect(chosen('--quick', '--only', 'boot')).toEqual(['boot-100k'])
  expect(chosen('--only', 'soak')).toEqual(['soak'])
})

it('peers are a place of their own', () => {
  expect(parseArguments([]).place).toBe('node')
  expect(parseArguments(['--peers']).place).toBe('peers')
  expect(parseArguments(['--browser', 'firefox']).place).toBe('firefox')
})

it('what is not understood is refused', () => {
  expect(() => parseArguments(['--fast'])).toThrow('--fast')
  expect(() => parseArguments(['--only'])).toThrow('--only needs')
  expect(() => parseArguments(['--browser', 'lynx'])).toThrow("no browser 'lynx'")
  expect(() => parseArguments(['--browser', 'firefox', '--peers'])).toThrow('in Node')
  expect(() => chosen('--only', 'write')).toThrow("no row 'write'")
})
