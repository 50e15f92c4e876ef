import { expect, test } from 'vitest'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { channelPair } from './channel.ts'

test.each(['before', 'after'])('BND-1 who listens hears that the other side went %s it did', async (order) => {
  const clock = new VirtualClock()
  const [session, leader] = channelPair<string, string>(clock)
  const heard: string[] = []
  session.send('hello')
  if (order === 'before') session.close()
  await clock.run()
  leader.listen(
    (message) => heard.push(message),
    () => heard.push('closed'),
  )
  await clock.run()
  if (order === 'after') session.close()
  await clock.run()
  expect(heard).toEqual(['hello', 'closed'])
})

test('BND-1 who has closed hears nothing more', async () => {
  const clock = new VirtualClock()
  const [session, leader] = channelPair<string, string>(clock)
  const heard: string[] = []
  session.close()
  leader.listen(
    (message) => heard.push(message),
    () => heard.push('closed'),
  )
  leader.close()
  await clock.run()
  expect(heard).toEqual([])
})
