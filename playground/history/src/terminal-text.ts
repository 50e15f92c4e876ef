const RESET = '\u001b[0m'
const codes = { bold: '\u001b[1m', dim: '\u001b[2m', green: '\u001b[32m', yellow: '\u001b[33m', red: '\u001b[31m' }

/** Paints text, or leaves it as it is. */
export type Paint = (style: keyof typeof codes, text: string) => string

/** Colours only where the reader wants them: https://no-color.org */
export function painter(isTTY: boolean, env: NodeJS.ProcessEnv): Paint {
  const colour = isTTY && !env.NO_COLOR && env.TERM !== 'dumb'
  return colour ? (style, text) => `${codes[style]}${text}${RESET}` : (_, text) => text
}

/** `text` in exactly `width` cells: cut with an ellipsis, or filled up with spaces. Control characters become spaces. */
export function fit(text: string, width: number): string {
  const clean = text.replace(/\p{C}/gu, ' ')
  const cells = cellsOf(clean)
  if (cells <= width) return clean + ' '.repeat(width - cells)
  if (width < 1) return ''
  let kept = ''
  let used = 0
  for (const character of clean) {
    const more = cellsOf(character)
    if (used + more > width - 1) break
    kept += character
    used += more
  }
  return `${kept}…${' '.repeat(width - 1 - used)}`
}

// Counting every character from Hangul on as two cells is too much for some and too little for none.
function cellsOf(text: string): number {
  let cells = 0
  for (const character of text) {
    const code = character.codePointAt(0) as number
    cells += code < 0x1100 || (code >= 0x2000 && code < 0x2600) ? 1 : 2
  }
  return cells
}
