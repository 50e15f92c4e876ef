import { createStore } from '@livefold/core'
import { bindingConformance } from '@livefold/core/testing'
import { memoryAdapter, memoryBackend } from '@livefold/memory'
import { describe, expect, it } from 'vitest'
import { solidFixture } from './mount-scene.tsx'

bindingConformance('solid', solidFixture, { createStore, memoryAdapter, memoryBackend }, { describe, it, expect })
