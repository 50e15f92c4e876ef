/** The part of a test runner that conformance suites use; vitest, jest and bun have it. Handed in, never imported. */
export interface TestApi {
  describe(name: string, body: () => void): void
  it(name: string, body: () => void | Promise<void>): void
  expect(actual: unknown): Expectation
}

export interface Expectation {
  toBe(expected: unknown): void
  /** Equal by value, deeply. */
  toEqual(expected: unknown): void
}
