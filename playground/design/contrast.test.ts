import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

// WCAG 2.2: 4.5 for text (1.4.3), 3 for the bounds of controls and the focus ring (1.4.11), in both themes.

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name as string,
    { light: light as string, dark: dark as string },
  ]),
)

const surfaces = ['desk', 'paper', 'raised', 'hover', 'selected']
const tones = ['good', 'warn', 'bad', 'info', 'muse']
const text: [string, string][] = [
  ...surfaces.flatMap((surface): [string, string][] => [
    ['ink', surface],
    ['soft', surface],
    ['accent', surface],
  ]),
  ...tones.flatMap((tone): [string, string][] => [
    [tone, `${tone}-tint`],
    [tone, 'paper'],
  ]),
  ['soft', 'plain-tint'],
  ['ink', 'plain-tint'],
  ['ink', 'lifted'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
]
const bounds: [string, string][] = surfaces.slice(0, 4).flatMap((surface): [string, string][] => [
  ['edge', surface],
  ['accent', surface],
])

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  const colour = (name: string) => {
    const token = tokens.get(name)
    if (!token) throw new Error(`tokens.css has no --${name} of two colours`)
    return token[theme]
  }
  const below = (pairs: [string, string][], least: number) =>
    pairs
      .map(([front, back]) => ({ pair: `${front} on ${back}`, ratio: contrast(colour(front), colour(back)) }))
      .filter(({ ratio }) => ratio < least)

  test('text can be read on every surface', () => expect(below(text, 4.5)).toEqual([]))
  test('controls and focus can be seen', () => expect(below(bounds, 3)).toEqual([]))
})
