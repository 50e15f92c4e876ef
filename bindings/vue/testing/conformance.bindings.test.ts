import { createStore } from '@livefold/core'
import { bindingConformance } from '@livefold/core/testing'
import { memoryAdapter, memoryBackend } from '@livefold/memory'
import { describe, expect, it } from 'vitest'
import { vueFixture } from './mount-scene.ts'

bindingConformance('vue', vueFixture, { createStore, memoryAdapter, memoryBackend }, { describe, it, expect })
