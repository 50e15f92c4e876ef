import { SceneLog } from '@livefold/core/testing'
import { createStore } from '@livefold/core'
import { memoryAdapter } from '@livefold/memory'
import { it } from 'vitest'
import { solidFixture } from './mount-scene.tsx'
import { vueFixture } from '../../vue/testing/mount-scene.ts'
import { svelteFixture } from '../../svelte/testing/mount-scene.svelte.ts'
import { todoSchema, todos } from '../../../core/src/testing/todo-schema.ts'

it.each([['solid', solidFixture], ['vue', vueFixture], ['svelte', svelteFixture]] as const)('%s mismatch', async (name, fixture) => {
  const [page] = await fixture.render([{ titles: ['a', 'b'] }])
  const store = await createStore({ schema: todoSchema, storeId: 'x', adapter: memoryAdapter() })
  const html = page!.html
  const shown = fixture.hydrate(html, { view: 'list', store, query: todos.orderBy('title'), log: new SceneLog() })
  await shown.flush()
  const w = [...shown.warnings], h = (shown.root as HTMLElement).innerHTML
  shown.unmount()
  console.log(name, JSON.stringify(w), h)
})
