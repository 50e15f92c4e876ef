import type { BindingFixture, MountedScene, Scene } from '@livefold/core/testing'
import { livefold } from '@livefold/vue'
import { type App, type Component, createApp, createSSRApp, h, nextTick, shallowRef } from 'vue'
import { serverPages, stageElement, watchConsole } from '../../testing/page.ts'
import SceneView from './SceneView.vue'

function show(create: (root: Component) => App, root: HTMLElement, first: Scene): MountedScene {
  const scene = shallowRef(first)
  const served = [...root.querySelectorAll('li')]
  const { warnings, stop } = watchConsole()
  const app = create({ render: () => h(SceneView, { scene: scene.value }) })
  app.use(livefold(() => scene.value.store, { hydrate: first.hydrate }))
  app.mount(root)
  return {
    root,
    served,
    warnings,
    set(change) {
      scene.value = { ...scene.value, ...change }
    },
    flush: () => nextTick(),
    click: (element) => (element as HTMLElement).click(),
    unmount() {
      stop()
      app.unmount()
      root.remove()
    },
  }
}

export const vueFixture: BindingFixture = {
  mount: (scene) => show(createApp, stageElement(), scene),
  hydrate: (html, scene) => show(createSSRApp, stageElement(html), scene),
  render: (requests) => serverPages('vue', requests),
}
