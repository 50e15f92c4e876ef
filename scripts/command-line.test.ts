import { describe, expect, test } from 'vitest'
import { type CommandLine, parseCommandLine, usageOf } from './command-line.ts'

const line = {
  command: 'npm run bake',
  about: 'Bakes.',
  operands: { value: '[cake …]', text: 'what is baked', names: ['plum', 'lemon'] },
  options: {
    hot: { kind: 'switch', text: 'more heat' },
    for: { kind: 'text', value: '<guest>', text: 'whom it is for' },
    with: { kind: 'texts', value: '<topping>', text: 'what goes on it' },
    pieces: { kind: 'count', value: '<n>', text: 'how many' },
    hours: { kind: 'number', value: '<n>', text: 'how long' },
  },
  environment: { OVEN: 'which one' },
} as const satisfies CommandLine

const given = (...args: string[]) => parseCommandLine(line, args)

describe('a command line', () => {
  test('of nothing has switches off, lists empty and the rest undefined', () => {
    expect(given()).toEqual({
      values: { hot: false, for: undefined, with: [], pieces: undefined, hours: undefined },
      operands: [],
    })
  })

  test('is read by its kinds', () => {
    expect(
      given('plum', '--hot', '--for', 'Ann', '--with', 'cream', '--with=nuts', '--pieces', '12', '--hours', '0.5'),
    ).toEqual({
      values: { hot: true, for: 'Ann', with: ['cream', 'nuts'], pieces: 12, hours: 0.5 },
      operands: ['plum'],
    })
  })

  test.each([
    [['--cold'], 'There is no option --cold. There are: --hot, --for, --with, --pieces, --hours, --help.'],
    [['-x'], 'There is no option -x.'],
    [['--toString'], 'There is no option --toString.'],
    [['--hot=yes'], '--hot takes no value.'],
    [['--for'], '--for needs a value: --for <guest>'],
    [['--for', '--hot'], '--for needs a value'],
    [['--pieces', 'many'], '--pieces many: that is no whole number'],
    [['--pieces', '1.5'], '--pieces 1.5: that is no whole number'],
    [['--hours', 'long'], '--hours long: that is no number'],
    [['apple'], "There is no 'apple'. There are: plum, lemon."],
  ] as const)('%j is refused, and what there is is said', (args, message) => {
    expect(() => given(...args)).toThrow(message)
  })

  test('without operands refuses them', () => {
    expect(() => parseCommandLine({ command: 'npm run x', about: '', options: {} }, ['plum'])).toThrow(
      "npm run x takes options alone, not 'plum'.",
    )
  })

  test('the usage names everything once', () => {
    expect(usageOf(line)).toBe(`npm run bake -- [cake …] [options]

Bakes.

  [cake …]          what is baked
  --hot             more heat
  --for <guest>     whom it is for
  --with <topping>  what goes on it
  --pieces <n>      how many
  --hours <n>       how long

environment:
  OVEN              which one`)
  })
})
