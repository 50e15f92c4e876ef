import { expect, test } from 'vitest'
import { Screen } from './screen.ts'

test('goes back over its own lines and no further, and gives the cursor back', () => {
  const written: string[] = []
  const screen = new Screen({ isTTY: true, columns: 80, write: (text) => written.push(text) })
  screen.draw(['one', 'two'])
  screen.draw(['three'])
  screen.draw([])
  screen.close()
  expect(written[0]).not.toContain('A')
  expect(written[1]).toContain('\u001b[2A')
  expect(written[2]).toContain('\u001b[1A')
  expect(written.every((text) => !text.includes('\u001b[2J'))).toBe(true)
  expect(written.join('').split('\u001b[?25l').length).toBe(2)
})

test('a screen that never drew writes nothing', () => {
  const written: string[] = []
  new Screen({ write: (text) => written.push(text) }).close()
  expect(written).toEqual([])
})
