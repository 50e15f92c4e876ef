import type { BindingFixture, MountedScene, Scene } from '@livefold/core/testing'
import { flushSync, hydrate, mount, tick, unmount } from 'svelte'
import { serverPages, stageElement, watchConsole } from '../../testing/page.ts'
import SceneView from './Scene.svelte'

function show(start: typeof mount, root: HTMLElement, first: Scene): MountedScene {
  let scene = $state.raw(first)
  const served = [...root.querySelectorAll('li')]
  const { warnings, stop } = watchConsole()
  const component = start(SceneView, {
    target: root,
    props: {
      get scene() {
        return scene
      },
    },
  })
  return {
    root,
    served,
    warnings,
    set(change) {
      scene = { ...scene, ...change }
    },
    async flush() {
      await tick()
      flushSync()
    },
    click: (element) => (element as HTMLElement).click(),
    unmount() {
      stop()
      void unmount(component)
      root.remove()
    },
  }
}

export const svelteFixture: BindingFixture = {
  mount: (scene) => show(mount, stageElement(), scene),
  hydrate: (html, scene) => show(hydrate as typeof mount, stageElement(html), scene),
  render: (requests) => serverPages('svelte', requests),
}
