// What `npm run` knows, for plain Node >= 20: the script of each task, run by the workspace's own Node from the root.
const SOURCE = '--conditions=livefold-source'
const faults = (name) => [SOURCE, 'scripts/fault-tests.ts', name]

/** Node's arguments by the name of the task. Each takes `--help`. */
export const tasks = {
  start: [SOURCE, 'playground/start.ts'],
  test: ['scripts/test.mjs'],
  bench: [SOURCE, 'benchmarks/src/main.ts'],
  soak: [SOURCE, 'core/src/testing/sim/soak-cli.ts'],
  'crash-points': [SOURCE, 'core/src/testing/crash/crash-cli.ts'],
  attack: faults('attack'),
  kills: faults('kills'),
  damage: faults('damage'),
  'browser-faults': faults('browser-faults'),
  mutants: [SOURCE, 'core/src/testing/sim/mutants-cli.ts'],
  history: [SOURCE, 'playground/history/src/cli.ts'],
  server: [SOURCE, 'adapters/server/src/cli.ts'],
}
