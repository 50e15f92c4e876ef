import { bindingLists } from './binding-lists.ts'
import { bindingOpening } from './binding-opening.ts'
import type { BindingFixture, MemoryStores } from './binding-scene.ts'
import { bindingServer } from './binding-server-scenarios.ts'
import { Stage } from './binding-stage.ts'
import { bindingValues } from './binding-values.ts'
import type { Expectation, TestApi } from './test-api.ts'

export type Scenario = (title: string, body: (stage: Stage) => Promise<void>) => void

export type Expect = (actual: unknown) => Expectation

/**
 * Runs every scenario of the contract between a framework binding and its users, in a real DOM.
 *
 * @param fixture the binding's test component (`Scene` says what it shows), mounted by its framework
 */
export function bindingConformance(name: string, fixture: BindingFixture, memory: MemoryStores, api: TestApi): void {
  const scenario: Scenario = (title, body) =>
    api.it(title, async () => {
      const stage = new Stage(fixture, memory)
      try {
        await body(stage)
      } finally {
        await stage.close()
      }
    })
  for (const group of [bindingLists, bindingValues, bindingOpening, bindingServer]) {
    api.describe(`binding: ${name}`, () => group(scenario, api.expect))
  }
}
