import type { Reporter, TestModule } from 'vitest/node'

/** Prints which binding passes which scenario of the conformance suite; other tests are counted below. */
export default class ConformanceTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const bindings: string[] = []
    const scenarios = new Map<string, Map<string, string>>()
    let others = { passed: 0, failed: 0 }
    for (const test of modules.flatMap((module) => [...module.children.allTests()])) {
      const { state } = test.result()
      const [, binding] = /^binding: (\w+) > /.exec(test.fullName) ?? []
      if (!binding) {
        others = {
          passed: others.passed + Number(state === 'passed'),
          failed: others.failed + Number(state === 'failed'),
        }
        continue
      }
      if (!bindings.includes(binding)) bindings.push(binding)
      const row = scenarios.get(test.name) ?? new Map()
      scenarios.set(test.name, row.set(binding, state === 'passed' ? 'ok' : state))
    }
    const cells = (texts: readonly string[]) => texts.map((text) => text.padEnd(8)).join('')
    const rows = [...scenarios].map(([name, row]) => cells(bindings.map((each) => row.get(each) ?? 'missing')) + name)
    const summary = `${scenarios.size} scenarios; other tests: ${others.passed} passed, ${others.failed} failed`
    process.stdout.write(`${[cells(bindings), ...rows, summary].join('\n')}\n`)
  }
}
