interface Ask {
  readonly id: number
  readonly what: string
  readonly args: readonly unknown[]
}

/** Answers an `AskedProcess`, one ask after the other as they come, until that one stops this process. */
export function answerAsks(answers: Readonly<Record<string, (...args: never[]) => unknown>>): void {
  process.on('message', (ask: Ask) => void answer(ask))
  // Whoever asked is gone.
  process.on('disconnect', () => process.exit())

  async function answer({ id, what, args }: Ask): Promise<void> {
    try {
      const run = answers[what]
      if (!run) throw new Error(`Nothing here answers '${what}'.`)
      process.send?.({ id, value: await run(...(args as never[])) })
    } catch (thrown) {
      process.send?.({ id, error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) })
    }
  }
}
