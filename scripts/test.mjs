// `npm test`: every check there is, in waves. `npm test -- unit sim` runs the named steps alone, `--list` names them.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findFirefox } from './browser-finder.ts'
import { readCommandLine } from './command-line.ts'

const root = join(import.meta.dirname, '..')
const results = join(root, 'results')
const vitestBin = join(root, 'node_modules/vitest/vitest.mjs')

/** A step counts the tests of its Vitest report; any other step counts as one test. */
const vitest = (project, what, ...more) => ({
  name: project,
  what,
  report: join(results, `${project}.json`),
  command: [
    process.execPath,
    vitestBin,
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(results, `${project}.json`)}`,
    ...more,
  ],
})

const conformanceTable = '--reporter=./bindings/testing/conformance-table.ts'
const noFirefox = () => findFirefox() === null && 'no Firefox here (Debian: apt-get install -y firefox-esr)'

// Steps of a wave run side by side (two cores); the next wave starts when all of them passed.
const waves = [
  [
    { name: 'lint', what: 'format, lint, layers (biome)', command: ['biome', 'check', '--error-on-warnings', '.'] },
    { name: 'types', what: 'TypeScript', command: ['tsc', '-p', '.'] },
    { name: 'types-web', what: 'TypeScript of pages and workers', command: ['tsc', '-p', 'tsconfig.web.json'] },
  ],
  [vitest('unit', 'unit, property, conformance')],
  [vitest('sim', 'simulation')],
  [
    {
      name: 'mutants',
      what: 'planted faults, each caught by its own rule',
      command: [process.execPath, '--conditions=livefold-source', 'core/src/testing/sim/mutants-cli.ts', '--jobs', '2'],
    },
  ],
  [vitest('e2e', 'processes, faults, history')],
  [vitest('packages', 'build, exports, API, consumer'), vitest('docs', 'code blocks of README and guides')],
  [vitest('browser', 'tabs, faults and pages in Chromium')],
  [
    {
      ...vitest('browser-firefox', 'a part of them in Firefox'),
      missing: noFirefox,
    },
  ],
  [vitest('browser-bindings', 'Svelte, Vue and Solid in Chromium', conformanceTable)],
  [{ ...vitest('firefox-bindings', 'Svelte, Vue and Solid in Firefox', conformanceTable), missing: noFirefox }],
  [
    {
      name: 'bench',
      what: 'benchmarks, quick, against budgets',
      command: [process.execPath, '--conditions=livefold-source', 'benchmarks/src/main.ts', '--quick'],
    },
  ],
]

const steps = waves.flat()
const { values, operands: wanted } = readCommandLine({
  command: 'npm test',
  about: 'Every check there is, as CI runs them; the benchmarks and the browser tests take most of the time.',
  operands: {
    value: '[step …]',
    text: 'these steps alone; --list says what they are',
    names: steps.map(({ name }) => name),
  },
  options: { list: { kind: 'switch', text: 'name the steps, and run none' } },
  environment: {
    CHROMIUM_PATH: 'a Chromium other than the one that is found; as root on Debian one is installed',
    FIREFOX_PATH: 'a Firefox; without any the steps in Firefox are left out',
    FIREFOX: '`all`: more files in Firefox',
  },
})
if (values.list) {
  for (const step of steps) console.log(`${step.name.padEnd(16)} ${step.what}`)
  process.exit(0)
}

const running = new Set()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal)
    if (running.size === 0) process.exit(130)
    stopped = true
  })
}

mkdirSync(results, { recursive: true })
const started = performance.now()
const outcomes = []
let stopped = false
for (const wave of waves) {
  const due = wave.filter((step) => wanted.length === 0 || wanted.includes(step.name))
  if (stopped || outcomes.some((outcome) => !outcome.ok)) break
  outcomes.push(...(await Promise.all(due.map((step) => runStep(step, due.length > 1)))))
}
process.exitCode = summary() ? 0 : 1

async function runStep(step, buffered) {
  const note = step.missing?.()
  if (note) {
    console.log(`– ${step.name}: ${note}\n`)
    return { step, ok: true, passed: 0, failed: 0, skipped: 1, ms: 0, note }
  }
  console.log(`▶ ${step.name}: ${step.what}`)
  if (step.report) rmSync(step.report, { force: true })
  const start = performance.now()
  const { code, output } = await execute(step.command, buffered)
  const ms = performance.now() - start
  const counts = step.report ? countsOf(step.report) : { passed: 1, failed: 0, skipped: 0 }
  const ok = code === 0 && counts.failed === 0
  // A step can fail without a failing test: a file that does not load, an unhandled rejection, a crash.
  if (!ok && counts.failed === 0) {
    counts.failed = 1
    if (!step.report) counts.passed = 0
  }
  if (buffered) process.stdout.write(`── ${step.name} ──\n${output}`)
  console.log(`${ok ? '✓' : '✗'} ${step.name} ${seconds(ms)}\n`)
  return { step, ok, ms, note: '', ...counts }
}

/** Output of steps that run side by side is held back until the step ends. */
function execute([command, ...args], buffered) {
  const out = buffered ? 'pipe' : 'inherit'
  // CI: a missing snapshot is a failure, not something to write; `test.only` is refused.
  const env = { ...process.env, CI: 'true' }
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', out, out] })
  running.add(child)
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  return new Promise((resolve) => {
    const end = (code, text) => {
      running.delete(child)
      resolve({ code, output: output + text })
    }
    child.on('error', (error) => end(1, `${error}\n`))
    child.on('close', (code) => end(code ?? 1, ''))
  })
}

function countsOf(report) {
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0 }
  const json = JSON.parse(readFileSync(report, 'utf8'))
  const brokenFiles = json.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length
  return {
    passed: json.numPassedTests,
    failed: json.numFailedTests + brokenFiles,
    skipped: json.numPendingTests + json.numTodoTests,
  }
}

function summary() {
  const total = { passed: 0, failed: 0 }
  console.log('step             result   passed  failed  skipped     time')
  for (const step of steps.filter((each) => wanted.length === 0 || wanted.includes(each.name))) {
    const outcome = outcomes.find((each) => each.step === step)
    if (!outcome) {
      console.log(`${step.name.padEnd(16)} not run`)
      continue
    }
    total.passed += outcome.passed
    total.failed += outcome.failed
    const numbers = [outcome.passed, outcome.failed, outcome.skipped].map((n) => String(n).padStart(8)).join('')
    const result = outcome.note ? 'skipped' : outcome.ok ? 'ok' : 'FAILED'
    console.log(
      `${step.name.padEnd(17)}${result.padEnd(7)}${numbers} ${seconds(outcome.ms).padStart(8)} ${outcome.note}`,
    )
  }
  const broken = outcomes.filter((outcome) => !outcome.ok).map((outcome) => outcome.step.name)
  if (broken.length > 0) console.log(`failed: ${broken.join(', ')}`)
  if (stopped) console.log('stopped by a signal')
  console.log(`total ${seconds(performance.now() - started)}`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return broken.length === 0 && !stopped
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`
}
