import { createSignal } from 'solid-js'

/** What an interaction cost, ms. */
export interface Cost {
  readonly name: string
  /** The commit or the new query, and all of the page that followed from it: the page was busy for so long. */
  readonly work: number
  /** Until the frame that shows it was handed over. */
  readonly painted: number
}

const [lastCost, setLastCost] = createSignal<Cost | null>(null)

export { lastCost }

/** Runs what an interaction does, and says afterwards what it cost. */
export function measured(name: string, run: () => void): void {
  const start = performance.now()
  run()
  const work = performance.now() - start
  requestAnimationFrame(() => {
    // A message comes after the frame's painting, unlike what runs before it.
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      setLastCost({ name, work, painted: performance.now() - start })
    }
    port2.postMessage(null)
  })
}
