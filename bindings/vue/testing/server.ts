import { createStore } from '@livefold/core'
import { type ServerPage, type ServerRequest, servePage } from '@livefold/core/testing'
import { memoryAdapter } from '@livefold/memory'
import { livefold } from '@livefold/vue'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import SceneView from './SceneView.vue'

export function renderPage(request: ServerRequest): Promise<ServerPage> {
  return servePage(request, { createStore, memoryAdapter }, (scene) =>
    renderToString(createSSRApp({ render: () => h(SceneView, { scene }) }).use(livefold(scene.store))),
  )
}
