import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barLine, Progress } from './progress.ts'

function output(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, columns: 60, written, write: (text: string) => written.push(text) }
}

describe('progress', () => {
  test('the bar never exceeds the line', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat({ max: 200 }), fc.string(), (done, total, width, note) => {
        expect(barLine('follow', { done, total, note: () => note }, width).length).toBeLessThanOrEqual(width)
      }),
    )
  })

  test('the bar is full at the end alone', () => {
    expect(barLine('x', { done: 10, total: 10, note: () => '' }, 60)).not.toContain('-')
    expect(barLine('x', { done: 999, total: 1000, note: () => '' }, 60)).toContain('-')
    expect(barLine('x', { done: 0, total: 0, note: () => '' }, 60)).toContain('0%')
  })

  test('a terminal gets one line, redrawn at most every 80 ms, and the last step', () => {
    const terminal = output(true)
    let now = 0
    const progress = new Progress('x', terminal, () => now)
    for (let done = 0; done <= 100; done++) {
      progress.step({ done, total: 100, note: () => '' })
      now += 8
    }
    progress.end()
    expect(terminal.written.length).toBeLessThan(16)
    expect(terminal.written.slice(0, -1).every((text) => text.startsWith('\r') && !text.includes('\n'))).toBe(true)
    expect(terminal.written.at(-2)).toContain('100% 100/100')
    expect(terminal.written.at(-1)).toBe('\n')
  })

  test('a pipe gets plain lines, twenty on the way', () => {
    const pipe = output(false)
    const progress = new Progress('x', pipe)
    for (let done = 0; done <= 1_000; done++) progress.step({ done, total: 1_000, note: () => 'n' })
    progress.end()
    expect(pipe.written.length).toBe(21)
    expect(pipe.written[10]).toBe('x 500/1000 n\n')
    expect(pipe.written.at(-1)).toBe('x 1000/1000 n\n')
  })
})
