import { utf8 } from '@claviger/contract/bytes.ts'
import { expect, test } from 'vitest'
import { outcome } from '../keys/testing-enterprise.ts'
import { readBody, readMeta, writeBody, writeMeta } from './record-content.ts'
import { type NewRecordBody, RecordBody, RecordMeta, secretsOf } from './record-types.ts'

const bodies: readonly NewRecordBody[] = [
  { type: 'login', password: 'one', totp: { secret: 'JBSWY3DPEHPK3PXP' } },
  { type: 'note', notes: 'two' },
  { type: 'card', number: '4111', expires: '2031-12' },
  { type: 'identity', firstName: 'Ada', documentNumber: 'P1' },
  { type: 'ssh-key', privateKey: 'key' },
  { type: 'file' },
]

test('content of every type is read as it was written', () => {
  for (const given of bodies) {
    const body = RecordBody.parse(given)
    expect(readBody(writeBody(body))).toEqual(body)
    const meta = RecordMeta.parse({ type: body.type, title: 'Übung', urls: ['https://example.com'] })
    expect(readMeta(writeMeta(meta, 3))).toEqual({ meta, keyFrom: 3 })
  }
})

test('what is no content is refused with a code, not with a crash', async () => {
  const meta = RecordMeta.parse({ type: 'note', title: 'x' })
  const wrong = ['', 'null', '[]', '{}', '{"type":"safe","notes":""}', '{"type":"note","notes":"","fields":[],"more":1}']
  for (const text of wrong) {
    expect(await outcome(() => readBody(utf8(text)))).toBe('malformed')
    expect(await outcome(() => readMeta(utf8(text)))).toBe('malformed')
  }
  expect(await outcome(() => readMeta(utf8(JSON.stringify(meta))))).toBe('malformed')
  expect(RecordBody.safeParse({ type: 'card', expires: '2031-13' }).success).toBe(false)
  expect(RecordBody.safeParse({ type: 'login', totp: { secret: 'not base32!' } }).success).toBe(false)
})

test('another password settles what is due; another title or note beside it does not', () => {
  const of = (given: NewRecordBody) => secretsOf(RecordBody.parse(given))
  expect(of({ type: 'login', password: 'a', notes: 'x' })).toEqual(of({ type: 'login', password: 'a', notes: 'y' }))
  const hidden = (value: string) => of({ type: 'login', password: 'a', fields: [{ name: 'PIN', value, hidden: true }] })
  expect(hidden('1')).not.toEqual(hidden('2'))
  const pairs: readonly [NewRecordBody, NewRecordBody][] = [
    [
      { type: 'login', password: 'a' },
      { type: 'login', password: 'b' },
    ],
    [
      { type: 'card', number: '1' },
      { type: 'card', number: '2' },
    ],
    [
      { type: 'ssh-key', privateKey: 'a' },
      { type: 'ssh-key', privateKey: 'b' },
    ],
    [
      { type: 'identity', documentNumber: 'a' },
      { type: 'identity', documentNumber: 'b' },
    ],
    [
      { type: 'note', notes: 'a' },
      { type: 'note', notes: 'b' },
    ],
  ]
  for (const [one, other] of pairs) expect(of(one)).not.toEqual(of(other))
})
