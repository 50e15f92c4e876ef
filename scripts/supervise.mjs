// Plain Node >= 20, no dependencies: this runs before anything is installed.
import { execFileSync, spawn } from 'node:child_process'

/** What ignores a stop signal is killed after this many ms: ports have to be free within 3 s. */
const PATIENCE = 2_000

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a command in the foreground, hands stop signals on to it, and resolves with its exit code
 * (128 + signal number when a signal ended it).
 *
 * A Ctrl-C reaches the whole process group, and npm forwards it once more: the child may hear a signal twice.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function supervise(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options })
  let deadline
  const forward = (signal) => {
    child.kill(signal)
    deadline ??= setTimeout(() => killTree(child.pid), PATIENCE)
  }
  for (const signal of SIGNALS) process.on(signal, forward)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(deadline)
      for (const each of SIGNALS) process.off(each, forward)
      resolve(code ?? 128 + signalNumber(signal))
    })
  })
}

/** Ends a process and all its descendants; a child of a killed child would keep its ports otherwise. */
function killTree(pid) {
  const parents = new Map()
  try {
    for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')) {
      const [child, parent] = line.trim().split(/\s+/).map(Number)
      parents.set(child, parent)
    }
  } catch {
    // No `ps` on this machine: the child alone, then.
  }
  const tree = [pid]
  for (const each of tree) tree.push(...[...parents].filter(([, parent]) => parent === each).map(([child]) => child))
  for (const each of tree) {
    try {
      process.kill(each, 'SIGKILL')
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0
}
