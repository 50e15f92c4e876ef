#!/usr/bin/env -S node --conditions=livefold-source
// Before anything that an older Node cannot load, and in words that it understands.
const NEEDED = 24

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  void import('./command.ts').then(({ serve }) => serve())
} else {
  console.error(`livefold-server needs Node ${NEEDED} or newer; this is Node ${process.versions.node}.`)
  process.exitCode = 1
}
