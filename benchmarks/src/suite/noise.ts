/** Rounds of the probe's loop: about a millisecond. */
const TURNS = 400_000

let sink = 0

/**
 * Times a fixed piece of arithmetic, in ms. On a quiet machine every call takes the same; what it takes beyond that,
 * others took from us.
 */
export function probeNoise(): number {
  const start = performance.now()
  let x = 0x12345678
  for (let i = 0; i < TURNS; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
  }
  sink ^= x
  return performance.now() - start
}

/** Keeps the probe's loop from being optimised away. */
export function probeResult(): number {
  return sink
}
