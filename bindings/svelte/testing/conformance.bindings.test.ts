import { createStore } from '@livefold/core'
import { bindingConformance } from '@livefold/core/testing'
import { memoryAdapter, memoryBackend } from '@livefold/memory'
import { describe, expect, it } from 'vitest'
import { svelteFixture } from './mount-scene.svelte.ts'

bindingConformance('svelte', svelteFixture, { createStore, memoryAdapter, memoryBackend }, { describe, it, expect })
