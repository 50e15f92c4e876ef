/** Bounds what is on its way: `add` what was sent, and wait for `room` before sending more. */
export class FlightWindow {
  readonly #limit: number
  #flying = 0
  #failure: { readonly error: unknown } | null = null
  #wake: (() => void) | null = null

  /** `limit`: the size that may be on its way; one single thing may exceed it. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Size of what has not landed yet. */
  get flying(): number {
    return this.#flying
  }

  add(size: number, landing: Promise<unknown>, landed?: () => void): void {
    this.#flying += size
    landing.then(
      () => {
        this.#flying -= size
        landed?.()
        this.#wake?.()
      },
      (error) => this.fail(error),
    )
  }

  /** Makes `room` and `empty` reject from now on. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#wake?.()
  }

  /** Resolves when `size` more fits. One caller at a time. */
  room(size: number): Promise<void> {
    return this.#until(() => this.#flying === 0 || this.#flying + size <= this.#limit)
  }

  /** Resolves when all has landed. */
  empty(): Promise<void> {
    return this.#until(() => this.#flying === 0)
  }

  async #until(done: () => boolean): Promise<void> {
    for (;;) {
      if (this.#failure) throw this.#failure.error
      if (done()) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = null
    }
  }
}
