import { availableParallelism } from 'node:os'
import { readCommandLine } from '../../../../scripts/command-line.ts'
import { mutants } from './mutants.ts'
import { type MutantReport, runControl, runMutant } from './run-mutant.ts'

const { values } = readCommandLine({
  command: 'npm run mutants',
  about:
    'Plants one fault at a time in the source, and looks whether the simulation catches it by the rule that it breaks.',
  options: {
    only: { kind: 'text', value: '<name>', text: 'this fault alone; an unknown name lists them' },
    jobs: { kind: 'count', value: '<n>', text: 'how many at a time (the processors, 4 at most)' },
  },
})

const wanted = values.only === undefined ? mutants : mutants.filter(({ name }) => name === values.only)
if (wanted.length === 0) {
  console.error(`There is no mutant "${values.only}". There are:\n${mutants.map(({ name }) => `  ${name}`).join('\n')}`)
  process.exit(2)
}

const began = performance.now()
const jobs = values.jobs || Math.min(4, availableParallelism())
const queue = [...wanted]
const reports: MutantReport[] = []
console.log(row('mutant', 'rule', 'reported', 'seed', 'worlds', 'time'))
await Promise.all(Array.from({ length: jobs }, work))
const missed = reports.filter((report) => report.seed === null)

// Each seed that showed a mutant, and those before it, on the true source.
const shares = Array.from({ length: jobs }, (_, i) => reports.filter((_, n) => n % jobs === i))
const controls = await Promise.all(shares.map(runControl))
const unsound = controls.flatMap(({ found }) => found)
for (const { name, seed, what } of unsound) console.log(`Without "${name}" its seed ${seed} fails, too: ${what}`)
const trouble = controls.map((control) => control.trouble).join('')
if (trouble) console.log(trouble.slice(0, 2_000))

console.log(
  `${reports.length - missed.length} of ${reports.length} mutants caught by their own rule in ` +
    `${((performance.now() - began) / 1000).toFixed(1)} s; of their worlds ${unsound.length} fail without them.`,
)
process.exit(missed.length + unsound.length > 0 || trouble ? 1 : 0)

async function work(): Promise<void> {
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const start = performance.now()
    const report = await runMutant(mutant)
    reports.push(report)
    const others = Object.entries(report.others).map(([rule, count]) => `${rule} ×${count}`)
    const reported = report.seed === null ? others.join(', ') || 'nothing' : mutant.rule
    const took = `${((performance.now() - start) / 1000).toFixed(1)} s`
    console.log(row(mutant.name, mutant.rule, reported, String(report.seed ?? '-'), String(report.worlds), took))
    if (report.seed !== null && others.length > 0) console.log(`    before it: ${others.join(', ')}`)
    if (report.trouble !== '') console.log(report.trouble.slice(0, 2_000))
  }
}

function row(name: string, rule: string, reported: string, seed: string, worlds: string, took: string): string {
  return `${name.padEnd(44)} ${rule.padEnd(8)} ${reported.padEnd(20)} ${seed.padStart(5)} ${worlds.padStart(6)} ${took.padStart(7)}`
}
