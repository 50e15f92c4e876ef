import { Hash } from '../base/hash.ts'
import type { Commit } from './event-record.ts'

/** Tells a commit from others under its id: 32 bits over what its events say. */
export function printOf(commit: Commit): number {
  const hash = new Hash()
  for (const { name, args, at } of commit) hash.add(name).add(JSON.stringify(args)).add(String(at))
  return hash.sum
}
