import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from './workspace.ts'

/** Test files that take a tenth of their project's time or more, the longest first. */
const LONGEST = [
  'adapters/node/src/platform.test.ts',
  'core/src/query/live-equals-fresh.test.ts',
  'core/src/replica/commuting-skip.test.ts',
  'core/src/leader/leader-state-random.test.ts',
  'core/src/testing/sim/worlds-1.sim.test.ts',
  'core/src/testing/sim/worlds-2.sim.test.ts',
  'adapters/node/src/kills.e2e.test.ts',
  'playground/history/src/history.e2e.test.ts',
  'core/src/testing/crash/crash-points.e2e.test.ts',
  'adapters/node/src/repair-kills.e2e.test.ts',
  'playground/browser-tests/reload.browser.test.ts',
  'playground/browser-tests/todomvc.browser.test.ts',
  'playground/browser-tests/damage.browser.test.ts',
  'playground/browser-tests/kill.browser.test.ts',
  'playground/browser-tests/panes-look.browser.test.ts',
].map((file) => join(root, file))

/** Starts the long files first: in a fresh clone Vitest knows only how large a file is, and one that begins last runs alone. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = LONGEST.filter((file) => !existsSync(file))
    if (gone.length > 0) throw new Error(`scripts/longest-first.ts names what is not there: ${gone.join(', ')}`)
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.indexOf(moduleId)
      return index < 0 ? LONGEST.length : index
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}
