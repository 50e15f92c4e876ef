/** Owns what must be released; `close()` releases it once, newest first. */
export class Scope {
  #releases: (() => void)[] | null = []

  get closed(): boolean {
    return this.#releases === null
  }

  /** Releases `release` with the scope; at once when the scope is closed already. */
  add(release: () => void): void {
    if (this.#releases) this.#releases.push(release)
    else release()
  }

  close(): void {
    const releases = this.#releases
    this.#releases = null
    while (releases?.length) releases.pop()?.()
  }
}
