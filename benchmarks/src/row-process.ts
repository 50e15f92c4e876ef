import { BenchDirectory } from './bench-directory.ts'
import { ownHost } from './own-host.ts'
import { answerAsks } from './processes/answer-asks.ts'
import { RESULTS } from './results.ts'
import { rows } from './rows/rows.ts'
import { measureRow, type RowResult } from './suite/measure.ts'

// One row in a process of its own (`measureAlone`).

answerAsks({
  async measure(name: string, quick: boolean): Promise<Omit<RowResult, 'row'> | null> {
    const wanted = rows.find((row) => row.name === name)
    if (!wanted) throw new Error(`There is no row '${name}'.`)
    const directory = new BenchDirectory(RESULTS)
    try {
      const result = await measureRow(wanted, ownHost(quick, directory), quick)
      if (!result) return null
      const { row: _, ...figures } = result
      return figures
    } finally {
      directory.remove()
    }
  },
})
