import { expect, test } from 'vitest'
import { FlightWindow } from './flight-window.ts'

test('room comes when enough has landed, not before', async () => {
  const window = new FlightWindow(10)
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  await window.room(6)
  window.add(6, first.promise)
  await window.room(4)
  window.add(4, second.promise)
  let room = false
  const waiting = window.room(5).then(() => {
    room = true
  })
  second.resolve()
  await second.promise
  await Promise.resolve()
  expect([room, window.flying]).toEqual([false, 6])
  first.resolve()
  await waiting
  expect(window.flying).toBe(0)
})

test('one thing larger than the limit goes alone', async () => {
  const window = new FlightWindow(10)
  await window.room(1_000)
  window.add(1_000, Promise.resolve())
  await window.empty()
})

test('a failed landing fails the waiting and the next', async () => {
  const window = new FlightWindow(10)
  window.add(10, Promise.reject(new Error('rejected by the server')))
  await expect(window.room(1)).rejects.toThrow('rejected by the server')
  await expect(window.empty()).rejects.toThrow('rejected by the server')
})
