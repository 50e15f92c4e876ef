/** Microseconds that `run` takes. */
export function timed(run: () => void): number {
  const start = performance.now()
  run()
  return (performance.now() - start) * 1_000
}

/** Microseconds until the promise that `run` gives resolves. */
export async function timedAsync(run: () => Promise<void> | void): Promise<number> {
  const start = performance.now()
  await run()
  return (performance.now() - start) * 1_000
}

/** A row whose contestants do not do what they are measured at is worth nothing. */
export function expectThat(truth: boolean, what: string): void {
  if (!truth) throw new Error(`A contestant did not do its work: ${what}`)
}
