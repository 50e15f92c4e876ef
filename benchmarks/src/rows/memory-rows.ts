import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { MemoryAnswer, MemoryTask } from '../memory/memory-task.ts'
import type { Row, Unit } from '../suite/row.ts'

const run = promisify(execFile)
const child = join(import.meta.dirname, '../memory/memory-child.ts')

/** Of Livefold the session alone where a page's own memory is asked for: its leader has a thread. */
function mayTake(task: MemoryTask, name: string): boolean {
  return task.startsWith('soak') ? name === 'livefold' : name === 'raw' || name === 'session'
}

/** Each sample is a process of its own, whose collector can be called. `seconds`: of tasks that go on for a while. */
function memoryRow(
  task: MemoryTask,
  unit: Unit,
  row: Omit<Row, 'name' | 'unit' | 'reference' | 'start'>,
  seconds = 0,
): Row {
  return {
    ...row,
    name: `memory-${task}`,
    unit,
    // What should be nothing has no ratio.
    reference: task === 'rows' || task === 'queries' ? 'raw' : '',
    async start({ name }, setting) {
      async function ask(): Promise<MemoryAnswer> {
        const options = ['--conditions=livefold-source', '--expose-gc', '--no-warnings', child]
        const { stdout } = await run(process.execPath, [...options, task, name, setting.directory(), String(seconds)])
        return JSON.parse(stdout)
      }
      if (!mayTake(task, name)) return null
      let last: MemoryAnswer | null = null
      return {
        async sample() {
          last = await ask()
          return last.bytes
        },
        figures: () => last?.figures ?? [],
        end() {},
      }
    },
  }
}

const ONCE = { warmup: 0, quick: 1, full: 3 }

export const memoryRows: Row[] = [
  memoryRow('rows', 'KB', { title: 'memory of 10k rows from 10k events: heap, buffers, SQLite', rounds: ONCE }),
  memoryRow('queries', 'bytes', { title: 'memory of a live point query, of 10,000', rounds: ONCE }),
  memoryRow('reads', 'KB', { title: 'memory that a million cached reads leave behind', rounds: ONCE }),
  memoryRow(
    'soak',
    'KB',
    { title: 'heap that a minute of commits to disk leaves behind', rounds: ONCE, slow: true },
    60,
  ),
  memoryRow(
    'soak-10-min',
    'KB',
    { title: 'heap that 10 minutes of commits to disk leave behind', rounds: ONCE, onlyNamed: true },
    600,
  ),
]
