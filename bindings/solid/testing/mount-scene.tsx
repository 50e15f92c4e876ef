import type { BindingFixture, MountedScene, Scene } from '@livefold/core/testing'
import { createSignal } from 'solid-js'
import { hydrate, render } from 'solid-js/web'
import { serverPages, stageElement, watchConsole } from '../../testing/page.ts'
import { SceneView } from './Scene.tsx'

function show(start: typeof render, root: HTMLElement, first: Scene): MountedScene {
  const [scene, setScene] = createSignal(first)
  const served = [...root.querySelectorAll('li')]
  const { warnings, stop } = watchConsole()
  const dispose = start(() => <SceneView scene={scene()} />, root)
  return {
    root,
    served,
    warnings,
    set: (change) => void setScene((now) => ({ ...now, ...change })),
    flush: () => Promise.resolve(),
    click: (element) => (element as HTMLElement).click(),
    unmount() {
      stop()
      dispose()
      root.remove()
    },
  }
}

export const solidFixture: BindingFixture = {
  mount: (scene) => show(render, stageElement(), scene),
  hydrate: (html, scene) => {
    // What the script of `generateHydrationScript` sets up in a page that a server rendered.
    Object.assign(globalThis, { _$HY: { events: [], completed: new WeakSet(), r: {}, fe() {} } })
    return show(hydrate as typeof render, stageElement(html), scene)
  },
  render: (requests) => serverPages('solid', requests),
}
