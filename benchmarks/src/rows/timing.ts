import type { Eventually } from '../suite/contestant.ts'

/** Microseconds that `run` takes. */
export function timed(run: () => void): number {
  const start = performance.now()
  run()
  return (performance.now() - start) * 1_000
}

/** Microseconds until the promise that `run` gives resolves. */
export async function timedAsync(run: () => Eventually<void>): Promise<number> {
  const start = performance.now()
  await run()
  return (performance.now() - start) * 1_000
}

/** Microseconds for `run` over all of `pieces`, one after the other. Waits only where `run` gives a promise. */
export async function timedEach<T>(pieces: readonly T[], run: (piece: T) => unknown): Promise<number> {
  const start = performance.now()
  let first: unknown
  let done = 0
  // What is synchronous is measured without a turn in between.
  while (done < pieces.length && !(first instanceof Promise)) first = run(pieces[done++] as T)
  if (first instanceof Promise) {
    await first
    for (; done < pieces.length; done++) await run(pieces[done] as T)
  }
  return (performance.now() - start) * 1_000
}

/** A row whose contestants do not do what they are measured at is worth nothing. */
export function expectThat(truth: boolean, what: string): void {
  if (!truth) throw new Error(`A contestant did not do its work: ${what}`)
}
