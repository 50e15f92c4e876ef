import { createStore } from '@livefold/core'
import { type ServerPage, type ServerRequest, servePage } from '@livefold/core/testing'
import { memoryAdapter } from '@livefold/memory'
import { render } from 'svelte/server'
import SceneView from './Scene.svelte'

export function renderPage(request: ServerRequest): Promise<ServerPage> {
  return servePage(request, { createStore, memoryAdapter }, async (scene) => {
    const { body } = await render(SceneView, { props: { scene } })
    return body
  })
}
