import type { Contestant } from './contestant.ts'
import { probeNoise } from './noise.ts'
import type { Row, Setting, Size, Trial } from './row.ts'

/** Where contestants run: this process, another one, a page. */
export interface Host {
  /** Names of those that may take part in a row. */
  contestants(row: Row): readonly string[]
  /** Null when the contestant cannot do it. */
  start(row: Row, contestant: string, size: Size): Promise<Trial | null>
  /** Milliseconds of the noise probe. */
  probe(): Promise<number> | number
}

export function localHost(contestants: readonly Contestant[], setting: Setting): Host {
  const ofRow = (row: Row) => row.contestants ?? contestants
  return {
    contestants: (row) =>
      ofRow(row)
        .map(({ name }) => name)
        .filter((name) => !row.without?.includes(name)),
    async start(row, name, size) {
      const contestant = ofRow(row).find((each) => each.name === name)
      return contestant ? row.start(contestant, setting, size) : null
    },
    probe: probeNoise,
  }
}
