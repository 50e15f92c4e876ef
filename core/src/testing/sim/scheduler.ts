import { Hash } from '../../base/hash.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimProcess } from './sim-process.ts'
import { must } from './violation.ts'

/** What a step is: a process's timer, its next turn, a message that arrives, an act of the world. */
export type StepKind = 'timer' | 'soon' | 'frame' | 'act'

export interface Step {
  readonly at: number
  /** Order among steps of one moment: by chance, since the real world gives none. */
  readonly tie: number
  readonly order: number
  readonly kind: StepKind
  /** Where it happens; null: in the world itself. */
  readonly process: SimProcess | null
  readonly run: () => void
  cancelled: boolean
}

/** Where virtual time begins, ms since the epoch. */
export const START = 1_800_000_000_000

/** Virtual time: a queue of steps, taken in the order of their moments, ties by seeded chance. */
export class Scheduler {
  now = START
  steps = 0
  /** Steps after which a world is given up. */
  limit = Number.POSITIVE_INFINITY
  /** Of everything that happened. */
  readonly trace = new Hash()
  readonly #random: SeededRandom
  #heap: Step[] = []
  #count = 0

  constructor(random: SeededRandom) {
    this.#random = random
  }

  schedule(ms: number, process: SimProcess | null, kind: StepKind, run: () => void, tie = this.#random.next()): Step {
    const step = { at: this.now + Math.max(0, ms), tie, order: this.#count++, kind, process, run, cancelled: false }
    push(this.#heap, step)
    return step
  }

  /** Steps of a kind that are still to come, in processes that live. */
  count(kind: StepKind): number {
    return this.#heap.filter((step) => step.kind === kind && !step.cancelled && (step.process?.alive ?? true)).length
  }

  /** Takes the next step, and lets promises settle. Null when nothing is to come. */
  async step(): Promise<Step | null> {
    const step = this.#next()
    if (!step) return null
    must(this.steps < this.limit, 'STEPS', () => `the world is not over after ${this.steps} steps`)
    this.now = step.at
    this.steps += 1
    this.trace.add(`${step.at} ${step.kind} ${step.process?.name ?? ''}`)
    try {
      step.run()
    } catch (thrown) {
      // A process that died in the middle of this step throws out of it.
      if (step.process?.alive ?? true) throw thrown
    }
    await settle()
    return step
  }

  /** Writes a line to the trace. */
  note(text: string): void {
    this.trace.add(text)
  }

  #next(): Step | null {
    for (;;) {
      const step = pop(this.#heap)
      if (!step) return null
      if (step.cancelled) continue
      const { process } = step
      if (process && !process.alive) continue
      if (process?.frozen) process.hold(step)
      else return step
    }
  }
}

/**
 * Lets promises settle: a macrotask comes after all microtasks. To be awaited between what is done from outside and the next step,
 * which would otherwise come before what follows from it.
 */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function before(a: Step, b: Step): boolean {
  if (a.at !== b.at) return a.at < b.at
  if (a.tie !== b.tie) return a.tie < b.tie
  return a.order < b.order
}

function push(heap: Step[], step: Step): void {
  let i = heap.length
  heap.push(step)
  while (i > 0) {
    const parent = (i - 1) >> 1
    if (!before(step, heap[parent] as Step)) break
    heap[i] = heap[parent] as Step
    i = parent
  }
  heap[i] = step
}

function pop(heap: Step[]): Step | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (!top || !last || heap.length === 0) return top
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && before(heap[child + 1] as Step, heap[child] as Step)) child += 1
    if (!before(heap[child] as Step, last)) break
    heap[i] = heap[child] as Step
    i = child
  }
  heap[i] = last
  return top
}
