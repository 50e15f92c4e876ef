import { createStore } from '@livefold/core'
import { type ServerPage, type ServerRequest, servePage } from '@livefold/core/testing'
import { memoryAdapter } from '@livefold/memory'
import { renderToStringAsync } from 'solid-js/web'
import { SceneView } from './Scene.tsx'

export function renderPage(request: ServerRequest): Promise<ServerPage> {
  return servePage(request, { createStore, memoryAdapter }, (scene) =>
    renderToStringAsync(() => <SceneView scene={scene} />),
  )
}
