import { parseArgs } from 'node:util'
import { mutants } from './mutants.ts'
import { type MutantReport, runMutant } from './run-mutant.ts'

const { values } = parseArgs({ options: { only: { type: 'string' }, jobs: { type: 'string', default: '2' } } })

const wanted = values.only === undefined ? mutants : mutants.filter(({ name }) => name === values.only)
if (wanted.length === 0) {
  console.error(`There is no mutant "${values.only}". There are:\n${mutants.map(({ name }) => `  ${name}`).join('\n')}`)
  process.exit(2)
}

const queue = [...wanted]
const reports: MutantReport[] = []
console.log(row('mutant', 'rule', 'reported', 'seed', 'worlds'))
await Promise.all(Array.from({ length: Number(values.jobs) }, work))
const missed = reports.filter((report) => !report.caught)
console.log(`${reports.length - missed.length} of ${reports.length} mutants caught by their own rule.`)
process.exit(missed.length > 0 ? 1 : 0)

async function work(): Promise<void> {
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const report = await runMutant(mutant)
    reports.push(report)
    const others = Object.entries(report.others).map(([rule, count]) => `${rule} ×${count}`)
    const reported = report.seed === null ? others.join(', ') || 'nothing' : mutant.rule
    console.log(row(mutant.name, mutant.rule, reported, String(report.seed ?? '-'), String(report.worlds)))
    if (report.seed !== null && others.length > 0) console.log(`    before it: ${others.join(', ')}`)
    if (report.seed !== null && !report.clean) console.log('    the seed fails without the mutant, too')
    if (report.trouble !== '') console.log(report.trouble.slice(0, 2_000))
  }
}

function row(name: string, rule: string, reported: string, seed: string, worlds: string): string {
  return `${name.padEnd(40)} ${rule.padEnd(8)} ${reported.padEnd(24)} ${seed.padStart(5)} ${worlds.padStart(6)}`
}
