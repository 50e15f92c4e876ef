import { parseArgs } from 'node:util'

/** An option; `text` says in a line what it does. */
export type CommandOption =
  | { readonly kind: 'switch'; readonly text: string }
  | {
      /** `count`: a whole number; `texts` may be given more than once. */
      readonly kind: 'text' | 'texts' | 'count' | 'number'
      /** What stands after it, such as `<n>`. */
      readonly value: string
      readonly text: string
    }

type Options = Readonly<Record<string, CommandOption>>

/** What a command can be told. All commands of the workspace show it with `--help`, and refuse the rest. */
export interface CommandLine<O extends Options = Options> {
  /** As it is typed. */
  readonly command: string
  /** What it does, in a line or two. */
  readonly about: string
  /** What may stand without dashes; nothing may where this is missing. */
  readonly operands?: { readonly value: string; readonly text: string; readonly names?: readonly string[] }
  readonly options: O
  /** Variables of the environment that it reads. */
  readonly environment?: Readonly<Record<string, string>>
}

type Value<O extends CommandOption> = {
  readonly switch: boolean
  readonly text: string | undefined
  readonly texts: readonly string[]
  readonly count: number | undefined
  readonly number: number | undefined
}[O['kind']]

export interface Given<O extends Options> {
  readonly values: { readonly [K in keyof O]: Value<O[K]> }
  readonly operands: readonly string[]
}

/** What the caller asked for cannot be done; the message says what can. */
export class UsageError extends Error {}

/** Exit code of a wrong use, as opposed to a failure. */
export const USAGE_CODE = 2

/** What `process.argv` holds for the command. Shows the usage and ends the process for `--help`, and for what it does not take. */
export function readCommandLine<O extends Options>(
  line: CommandLine<O>,
  args: readonly string[] = process.argv.slice(2),
): Given<O> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usageOf(line))
    process.exit(0)
  }
  try {
    return parseCommandLine(line, args)
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown
    console.error(`${thrown.message}\n\n${usageOf(line)}`)
    process.exit(USAGE_CODE)
  }
}

/** @throws UsageError */
export function parseCommandLine<O extends Options>(line: CommandLine<O>, args: readonly string[]): Given<O> {
  const options = Object.fromEntries(
    Object.entries(line.options).map(([name, { kind }]) => [name, { type: kind === 'switch' ? 'boolean' : 'string' }]),
  ) as Readonly<Record<string, { type: 'boolean' | 'string' }>>
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  const values: Record<string, unknown> = {}
  for (const [name, { kind }] of Object.entries(line.options)) {
    values[name] = kind === 'switch' ? false : kind === 'texts' ? [] : undefined
  }
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(operandOf(line, token.value))
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(line.options, token.name) ? line.options[token.name] : undefined
    if (!option) throw new UsageError(`There is no option ${token.rawName}. ${optionNames(line)}`)
    const value = read(token.rawName, option, token.value)
    if (option.kind === 'texts') (values[token.name] as unknown[]).push(value)
    else values[token.name] = value
  }
  return { values: values as Given<O>['values'], operands }
}

function read(name: string, option: CommandOption, given: string | undefined): string | number | boolean {
  if (option.kind === 'switch') {
    if (given !== undefined) throw new UsageError(`${name} takes no value.`)
    return true
  }
  if (given === undefined || given.startsWith('-'))
    throw new UsageError(`${name} needs a value: ${name} ${option.value}`)
  if (option.kind === 'text' || option.kind === 'texts') return given
  const wanted = option.kind === 'count' ? /^\d+$/ : /^\d+(\.\d+)?$/
  if (!wanted.test(given)) {
    throw new UsageError(`${name} ${given}: that is no ${option.kind === 'count' ? 'whole ' : ''}number from 0.`)
  }
  return Number(given)
}

function operandOf({ operands, command }: CommandLine, given: string): string {
  if (!operands) throw new UsageError(`${command} takes options alone, not '${given}'.`)
  if (operands.names && !operands.names.includes(given)) {
    throw new UsageError(`There is no '${given}'. There are: ${operands.names.join(', ')}.`)
  }
  return given
}

function optionNames({ options }: CommandLine): string {
  return `There are: ${[...Object.keys(options), 'help'].map((name) => `--${name}`).join(', ')}.`
}

/** What `--help` shows. */
export function usageOf({ command, about, operands, options, environment = {} }: CommandLine): string {
  const dashes = command.startsWith('npm ') ? ' --' : ''
  const shapes = [...(operands ? [operands.value] : []), ...(Object.keys(options).length > 0 ? ['[options]'] : [])]
  const lines = [
    ...(operands ? [[operands.value, operands.text] as const] : []),
    ...Object.entries(options).map(
      ([name, option]) => [`--${name}${option.kind === 'switch' ? '' : ` ${option.value}`}`, option.text] as const,
    ),
  ]
  const variables = Object.entries(environment)
  const width = Math.max(0, ...[...lines, ...variables].map(([name]) => name.length))
  const listed = (all: readonly (readonly [string, string])[]) =>
    all.map(([name, text]) => `  ${name.padEnd(width)}  ${text.replaceAll('\n', `\n${' '.repeat(width + 4)}`)}`)
  return [
    `${command}${shapes.length > 0 ? dashes : ''} ${shapes.join(' ')}`.trim(),
    '',
    about,
    ...(lines.length > 0 ? ['', ...listed(lines)] : []),
    ...(variables.length > 0 ? ['', 'environment:', ...listed(variables)] : []),
  ].join('\n')
}
