export interface ProgressOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export interface ProgressStep {
  readonly done: number
  /** Where it ends, as far as is known now; it may rise. */
  readonly total: number
  /** What else to say, on one line; asked only when shown. */
  readonly note: () => string
}

const REDRAW_MS = 80
const LINES = 20

/**
 * Shows how far a task is: on a terminal a bar that is redrawn in place, elsewhere a line at each twentieth of the
 * way.
 */
export class Progress {
  readonly #output: ProgressOutput
  readonly #label: string
  readonly #now: () => number
  #drawnAt = Number.NEGATIVE_INFINITY
  #line = -1
  #last: ProgressStep | null = null

  constructor(label: string, output: ProgressOutput = process.stdout, now: () => number = Date.now) {
    this.#label = label
    this.#output = output
    this.#now = now
  }

  step(step: ProgressStep): void {
    this.#last = step
    if (this.#output.isTTY) this.#redraw(step)
    else this.#print(step)
  }

  /** Shows the last step if it was left out, and ends the bar's line. */
  end(): void {
    if (!this.#last) return
    if (this.#output.isTTY) {
      this.#drawnAt = Number.NEGATIVE_INFINITY
      this.#redraw(this.#last)
      this.#output.write('\n')
    }
    this.#last = null
  }

  #redraw(step: ProgressStep): void {
    if (this.#now() - this.#drawnAt < REDRAW_MS) return
    this.#drawnAt = this.#now()
    this.#output.write(`\r${barLine(this.#label, step, (this.#output.columns ?? 80) - 1)}\u001b[K`)
  }

  #print(step: ProgressStep): void {
    const line = step.total === 0 ? 0 : Math.floor((step.done / step.total) * LINES)
    if (line === this.#line) return
    this.#line = line
    this.#output.write(`${this.#label} ${step.done}/${step.total} ${step.note()}\n`)
  }
}

/** `label [#####-----] 50% 5/10 note`, no longer than `width`. */
export function barLine(label: string, { done, total, note }: ProgressStep, width: number): string {
  const share = total === 0 ? 0 : Math.min(1, done / total)
  const figures = ` ${String(Math.floor(share * 100)).padStart(3)}% ${done}/${total} ${note()}`
  const cells = Math.max(0, Math.min(40, width - label.length - figures.length - 3))
  const full = Math.floor(share * cells)
  const bar = cells < 5 ? '' : ` [${'#'.repeat(full)}${'-'.repeat(cells - full)}]`
  return `${label}${bar}${figures}`.slice(0, width)
}
