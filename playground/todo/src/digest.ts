// A module of its own: a page loads it when its console asks.
export { digestOf } from '@livefold/core'
