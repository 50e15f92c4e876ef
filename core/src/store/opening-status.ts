import type { StoreStatus } from './status.ts'

const known = new WeakMap<object, StoreStatus>()

/** Lets views show how far a store is that is promised and not there yet. */
export function tellOpening(store: Promise<unknown>, status: StoreStatus): void {
  known.set(store, status)
}

export function statusWhileOpening(store: Promise<unknown>): StoreStatus | undefined {
  return known.get(store)
}
