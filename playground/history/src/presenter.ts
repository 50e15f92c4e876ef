import { Screen, type ScreenOutput } from './screen.ts'
import type { Paint } from './terminal-text.ts'
import { frame, plainLine, type View } from './view.ts'

const PLAIN_MS = 2_000

/** Shows views: redrawn in place on a terminal, elsewhere as plain lines every two seconds. Says nothing twice. */
export class Presenter {
  readonly #output: ScreenOutput
  readonly #screen: Screen
  readonly #paint: Paint
  #shown = ''
  #outcome = ''
  #linedAt = Number.NEGATIVE_INFINITY

  constructor(output: ScreenOutput, paint: Paint) {
    this.#output = output
    this.#paint = paint
    this.#screen = new Screen(output)
  }

  /** `now`: a clock in ms. */
  show(view: View, now: number): void {
    if (this.#output.isTTY) this.#draw(view)
    else this.#print(view, now)
  }

  close(): void {
    this.#screen.close()
  }

  #draw(view: View): void {
    const lines = frame(view, this.#screen.width, this.#paint)
    const picture = lines.join('\n')
    if (picture === this.#shown) return
    this.#shown = picture
    this.#screen.draw(lines)
  }

  #print(view: View, now: number): void {
    const ended = view.outcome.text !== this.#outcome
    if (!ended && now - this.#linedAt < PLAIN_MS) return
    const line = plainLine(view)
    if (line !== this.#shown) this.#output.write(`${line}\n`)
    if (ended) this.#output.write(`${view.outcome.text}\n`)
    this.#shown = line
    this.#outcome = view.outcome.text
    this.#linedAt = now
  }
}
