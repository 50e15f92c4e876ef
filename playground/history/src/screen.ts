export interface ScreenOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
// Terminals that know it show what is between the two at once; the others ignore it.
const BEGIN_UPDATE = '\u001b[?2026h'
const END_UPDATE = '\u001b[?2026l'
const CLEAR_LINE_END = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/** Redraws a block of lines in place at the end of a terminal's output. */
export class Screen {
  readonly #output: ScreenOutput
  #height = 0

  constructor(output: ScreenOutput) {
    this.#output = output
  }

  get width(): number {
    return (this.#output.columns ?? 80) - 1
  }

  draw(lines: readonly string[]): void {
    const up = this.#height > 0 ? `\u001b[${this.#height}A` : HIDE_CURSOR
    const body = lines.map((line) => `\r${line}${CLEAR_LINE_END}\n`).join('')
    this.#output.write(`${BEGIN_UPDATE}${up}${body}${CLEAR_BELOW}${END_UPDATE}`)
    this.#height = lines.length
  }

  /** Leaves the last picture and gives the cursor back. */
  close(): void {
    if (this.#height > 0) this.#output.write(SHOW_CURSOR)
    this.#height = 0
  }
}
