// Conformance suites, simulator and fakes: for tests of Livefold itself and of third-party adapters.

export { bindingConformance } from './testing/conformance/binding.ts'
export type {
  BindingFixture,
  MemoryStores,
  MountedScene,
  Scene,
  SceneElement,
  ServerPage,
  ServerRequest,
} from './testing/conformance/binding-scene.ts'
export { SceneLog, sceneQueries } from './testing/conformance/binding-scene.ts'
export { servePage } from './testing/conformance/binding-server.ts'
export { driverConformance } from './testing/conformance/driver.ts'
export type { LogStoreApi, LogStoreFixture } from './testing/conformance/log-store.ts'
export { logStoreConformance } from './testing/conformance/log-store.ts'
export type { PlatformFixture } from './testing/conformance/platform.ts'
export { platformConformance } from './testing/conformance/platform.ts'
export { platformSchema } from './testing/conformance/platform-schema.ts'
export type { SyncTransportFixture } from './testing/conformance/sync-transport.ts'
export { syncTransportConformance } from './testing/conformance/sync-transport.ts'
export type { Expectation, TestApi } from './testing/conformance/test-api.ts'
export type { FaultRates } from './testing/sim/fault-rates.ts'
export {
  type Failure,
  type Outcome,
  runProtocolWorld,
  runProtocolWorlds,
  runWorld,
  runWorlds,
} from './testing/sim/run-worlds.ts'
export { SeededRandom } from './testing/sim/seeded-random.ts'
export { Stage, type StageOptions } from './testing/sim/stage.ts'
export { Violation } from './testing/sim/violation.ts'
export { World, type WorldOptions, type WorldResult } from './testing/sim/world.ts'
