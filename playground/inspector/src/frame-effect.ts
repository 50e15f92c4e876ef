import { effect } from '@preact/signals-core'

/** An effect that runs again once a frame at most, however often what it reads changes. Gives the end of it. */
export function frameEffect(run: () => void): () => void {
  let stop = () => {}
  let waiting = 0

  function start(): void {
    let changed = false
    waiting = 0
    stop()
    // After the first change it reads nothing: a thousand commits before the next frame cost one look.
    stop = effect(() => {
      if (changed) waiting = requestAnimationFrame(start)
      else run()
      changed = true
    })
  }

  start()
  return () => {
    stop()
    cancelAnimationFrame(waiting)
  }
}
