import { expect, test } from 'vitest'
import { Hash } from '../base/hash.ts'
import { decodeDown, decodeUp, encodeDown, encodeUp } from './codec.ts'
import { defaultLimits, PROTOCOL_VERSION } from './sync-messages.ts'

/** One frame of each message, with all optional fields and without, as protocol 1 has them. */
const up1 = [
  '{"type":"hello","protocol":1,"storeId":"team-1","clientId":"c","token":"t","head":2,"headId":"s.2","backendId":"b"}',
  '{"type":"hello","protocol":1,"storeId":"team-1","clientId":"c","head":0,"headId":null}',
  '{"type":"push","ref":1,"after":2,"afterId":"s.2","events":[{"id":"s.3","name":"v1.A","args":{"a":[1,null,true,"x"]},"clientId":"c","sessionId":"s","parent":2,"at":5,"joined":true}],"part":{"index":0,"last":false}}',
  '{"type":"push","ref":1,"after":0,"afterId":null,"events":[{"id":"s.1","name":"v1.A","args":null,"clientId":"c","sessionId":"s","parent":0,"at":5}]}',
  '{"type":"pull","ref":2,"after":2,"afterId":"s.2","limit":100,"live":true}',
  '{"type":"token","token":"t"}',
  '{"type":"stop","ref":2}',
  '{"type":"ping","rtt":12.5}',
]

const down1 = [
  '{"type":"welcome","protocol":1,"backendId":"b","head":2,"headId":"s.2","limits":{"frameBytes":1,"commitEvents":2,"commitBytes":3,"pageEvents":4},"connection":"n"}',
  '{"type":"pushed","ref":1,"seqs":[3,4]}',
  '{"type":"behind","ref":1,"events":[{"seq":3,"id":"s.3","name":"v1.A","args":0,"clientId":"c","sessionId":"s","parent":0,"at":5,"joined":true}],"head":9,"more":true,"part":{"index":1,"last":true}}',
  '{"type":"page","ref":2,"events":[{"seq":3,"id":"s.3","name":"v1.A","args":0,"clientId":"c","sessionId":"s","parent":0,"at":5}],"head":3,"more":false}',
  '{"type":"rejected","ref":1,"eventId":"s.3","code":"sync/rejected","message":"why"}',
  '{"type":"error","ref":1,"code":"sync/limit","retry":"backoff","message":"why"}',
  '{"type":"error","code":"protocol/malformed","retry":"no","message":"why"}',
  '{"type":"pong"}',
]

/** What came to protocol 1 later, as fields that older sides pass over and never see used. */
const added1 = {
  up: [
    '{"type":"push","ref":3,"after":2,"afterId":"s.2","events":[],"again":1}',
    '{"type":"push","ref":3,"after":2,"afterId":"s.2","events":[{"id":"s.4","name":"v1.A","args":null,"clientId":"c","sessionId":"s","parent":2,"at":5}],"again":1,"part":{"index":0,"last":true}}',
  ],
  down: ['{"type":"behind","ref":1,"events":[],"head":9,"more":true,"kept":true,"part":{"index":0,"last":true}}'],
}

test('the wire format is that of its protocol version: a change here needs a new version, and these frames stay as they are', () => {
  for (const frame of up1) expect(encodeUp(decodeUp(frame, defaultLimits))).toBe(frame)
  for (const frame of down1) expect(encodeDown(decodeDown(frame))).toBe(frame)
  const hash = new Hash()
  for (const frame of [...up1, ...down1]) hash.add(frame)
  expect({ version: PROTOCOL_VERSION, hash: hash.digest() }).toEqual({ version: 1, hash: '09595909ca7ed2db' })
  for (const frame of added1.up) expect(encodeUp(decodeUp(frame, defaultLimits))).toBe(frame)
  for (const frame of added1.down) expect(encodeDown(decodeDown(frame))).toBe(frame)
  for (const frame of [...added1.up, ...added1.down]) hash.add(frame)
  expect(hash.digest()).toBe('4d8abafd581917e7')
})
