// Conformance suites, simulator and fakes: for tests of Livefold itself and of third-party adapters.

export { driverConformance } from './testing/conformance/driver.ts'
export type { LogStoreApi, LogStoreFixture } from './testing/conformance/log-store.ts'
export { logStoreConformance } from './testing/conformance/log-store.ts'
export type { SyncTransportFixture } from './testing/conformance/sync-transport.ts'
export { syncTransportConformance } from './testing/conformance/sync-transport.ts'
export type { Expectation, TestApi } from './testing/conformance/test-api.ts'
