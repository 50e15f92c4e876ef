export { type MemoryAdapterOptions, memoryAdapter } from './memory-adapter.ts'
export { type MemoryBackend, memoryBackend } from './memory-backend.ts'
