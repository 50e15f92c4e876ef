/** A seeded source of chance: mulberry32. */
export function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

export const EVENT = { id: 's.1', name: 'v1.Said', args: { n: 1 }, clientId: 'c', sessionId: 's', parent: 0, at: 0 }
export const HELLO = { type: 'hello', protocol: 1, storeId: 'store', clientId: 'c', head: 0, headId: null }

/** One sound message of each kind, by its type. */
export const messages: Readonly<Record<string, object>> = {
  hello: HELLO,
  push: { type: 'push', ref: 1, after: 0, afterId: null, events: [EVENT] },
  part: { type: 'push', ref: 2, after: 0, afterId: null, events: [EVENT], part: { index: 0, last: false } },
  pull: { type: 'pull', ref: 3, after: 0, afterId: null, limit: 10, live: true },
  token: { type: 'token', token: 'ann' },
  stop: { type: 'stop', ref: 3 },
  ping: { type: 'ping', rtt: 1 },
}

/** What no field of a message may be, and what breaks careless readers. */
const HOSTILE: readonly unknown[] = [
  null,
  true,
  '',
  'x'.repeat(300),
  -1,
  -0,
  0.5,
  1e308,
  2 ** 53,
  [],
  {},
  [[]],
  { toString: 1, valueOf: 1 },
  { constructor: { prototype: { polluted: true } } },
  'constructor',
  '__proto__',
  "'; DROP TABLE events; --",
  '\u0000',
  '\ud800',
  '../../etc/passwd',
]

/** Texts that are no message at all. */
const NONSENSE: readonly string[] = [
  '',
  ' ',
  'null',
  'true',
  '0',
  '"hello"',
  '[]',
  '[{}]',
  '{}',
  '{"type":',
  '{"type":"hello"',
  '\u0000',
  '\ufeff{"type":"ping","rtt":1}',
  'NaN',
  '{"type":"nothing"}',
  '{"type":"toString"}',
  '{"type":"__proto__"}',
  '{"type":"constructor"}',
  '{"type":["ping"]}',
  '{"type":"welcome"}',
  '{"type":"pushed","ref":1,"seqs":[1]}',
  '{"__proto__":{"type":"ping","rtt":1}}',
  '{"type":"ping","type":"hello"}',
  `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  `{"type":"ping","rtt":${'9'.repeat(400)}}`,
  `{"type":"stop","ref":${'1'.repeat(30)}}`,
]

/** Sound messages with one field taken away, doubled, or made hostile, at every depth; and what is no message. */
export function handMade(): string[] {
  const frames = [...NONSENSE]
  for (const message of Object.values(messages)) {
    for (const path of pathsOf(message)) {
      frames.push(JSON.stringify(changed(message, path, undefined)))
      for (const value of HOSTILE) frames.push(JSON.stringify(changed(message, path, value)))
    }
    // As text: a parser makes an own key of it.
    frames.push(JSON.stringify(message).replace('{', '{"__proto__":{"polluted":true},'))
  }
  for (const args of pollution) frames.push(pushOf(args))
  return frames
}

/** Args that would reach a prototype if anything merged, assigned by path, or looked up what is inherited. */
export const pollution: readonly string[] = [
  '{"__proto__":{"polluted":true}}',
  '{"a":{"__proto__":{"polluted":true}}}',
  '[{"__proto__":{"polluted":true}}]',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"prototype":{"polluted":true}}',
  '{"__proto__":null}',
  '{"\\u005f\\u005fproto\\u005f\\u005f":{"polluted":true}}',
  '{"hasOwnProperty":1,"toString":2,"valueOf":3,"toJSON":4,"then":5}',
  '{"__defineGetter__":1,"__lookupSetter__":2}',
]

export function pushOf(argsText: string): string {
  return JSON.stringify({ ...messages.push, events: [{ ...EVENT, args: '@' }] }).replace('"@"', argsText)
}

type Path = readonly (string | number)[]

function pathsOf(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, below]) => [[key], ...pathsOf(below).map((path) => [key, ...path])])
}

function changed(message: object, path: Path, value: unknown): object {
  const copy = structuredClone(message) as Record<string, unknown>
  let at: Record<string, unknown> = copy
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
  const key = path.at(-1) as string
  if (value === undefined) delete at[key]
  else at[key] = value
  return copy
}

/** A sound message's text with some of its characters taken out, doubled, moved, or made others. */
export function mutated(random: (below: number) => number): string {
  const sound = Object.values(messages)
  let text = JSON.stringify(sound[random(sound.length)])
  for (let i = 1 + random(4); i > 0; i--) text = mutate(text, random)
  return text
}

const GRAINS = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '9',
  '-',
  'e',
  '.',
  '\\',
  '\\u0000',
  'null',
  '__proto__',
  '\ud83d',
]

function mutate(text: string, random: (below: number) => number): string {
  const from = random(text.length + 1)
  const to = Math.min(text.length, from + random(8))
  switch (random(5)) {
    case 0:
      return text.slice(0, from) + text.slice(to)
    case 1:
      return text.slice(0, from) + GRAINS[random(GRAINS.length)] + text.slice(from)
    case 2:
      return text.slice(0, to) + text.slice(from)
    case 3:
      return text.slice(0, from) + String.fromCharCode(random(0x10000)) + text.slice(to)
    default: {
      const other = random(text.length + 1)
      return text.slice(0, from) + text.slice(other, other + 8) + text.slice(from)
    }
  }
}
