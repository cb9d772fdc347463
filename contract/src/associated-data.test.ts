import fc from 'fast-check'
import { expect, test } from 'vitest'
import { associatedData, type Binding } from './associated-data.ts'
import { lengthPrefixed, readUtf8 } from './bytes.ts'
import { EnterpriseLogId } from './ids.ts'

const text = fc.string({ unit: 'binary', maxLength: 8 })
const whole = fc.maxSafeInteger()
const binding: fc.Arbitrary<Binding> = fc.record({
  label: fc.constantFrom('record', 'record-key', 'team-key'),
  enterprise: fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => EnterpriseLogId.parse(Buffer.from(bytes).toString('base64url'))),
  object: fc.record({ type: fc.constantFrom('record', 'team', 'folder'), id: text }),
  owner: fc.record({ type: fc.constantFrom('user', 'team', 'folder'), id: text }),
  wrappingKey: fc.record({ id: text, epoch: whole }),
  part: fc.constantFrom('key', 'meta', 'body'),
  version: whole,
  beside: fc.dictionary(text, fc.oneof(text, whole, fc.boolean(), fc.constant(null)), { maxKeys: 4, noNullPrototype: true }),
})

test('everything that was bound can be read back from the associated data, so no two bindings share theirs', () => {
  fc.assert(
    fc.property(binding, (bound) => {
      // -0 and 0 are one number to whoever stores it.
      const plain = JSON.parse(JSON.stringify(bound))
      expect(readBack(associatedData(bound))).toEqual(plain)
    }),
    { numRuns: 300 },
  )
})

test('the order in which the fields beside a ciphertext were written does not matter', () => {
  const [one, other] = [fc.sample(binding, 1)[0], { author: 'ada', modifiedAt: 3 }]
  expect(one).toBeDefined()
  if (one === undefined) return
  const swapped = { modifiedAt: 3, author: 'ada' }
  expect(associatedData({ ...one, beside: other })).toEqual(associatedData({ ...one, beside: swapped }))
})

test('the number 1, the text "1" and true beside a ciphertext are three things', () => {
  const one = fc.sample(binding, 1)[0]
  if (one === undefined) throw new Error('no sample')
  const all = [1, '1', true, null, 'null', ''].map((value) => Buffer.from(associatedData({ ...one, beside: { value } })).toString('hex'))
  expect(new Set(all).size).toBe(all.length)
})

test('half a surrogate pair is refused, because it would be bound as the same bytes as another text', () => {
  const one = fc.sample(binding, 1)[0]
  if (one === undefined) throw new Error('no sample')
  for (const wrong of [
    { ...one, beside: { title: '\ud800' } },
    { ...one, beside: { '\udc00': 1 } },
    { ...one, object: { type: 'team' as const, id: '\ud800' } },
  ]) {
    expect(() => associatedData(wrong)).toThrow(expect.objectContaining({ code: 'malformed' }))
  }
})

test('a number that is not exact is refused', () => {
  const one = fc.sample(binding, 1)[0]
  if (one === undefined) throw new Error('no sample')
  for (const version of [1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => associatedData({ ...one, version })).toThrow(expect.objectContaining({ code: 'malformed' }))
  }
})

test('moving a character from one field to the next gives other bytes', () => {
  expect(lengthPrefixed(['ab', 'c'])).not.toEqual(lengthPrefixed(['a', 'bc']))
  expect(lengthPrefixed(['abc'])).not.toEqual(lengthPrefixed(['abc', '']))
})

function readBack(bytes: Uint8Array) {
  const fields: string[] = []
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < bytes.length; at += 4 + view.getUint32(at)) {
    fields.push(readUtf8(bytes.subarray(at + 4, at + 4 + view.getUint32(at))))
  }
  const [label, , enterprise, objectType, objectId, ownerType, ownerId, keyId, epoch, part, version, ...beside] = fields
  const names = beside.filter((_, at) => at % 2 === 0)
  return {
    label: label?.replace('claviger ', ''),
    enterprise,
    object: { type: objectType, id: objectId },
    owner: { type: ownerType, id: ownerId },
    wrappingKey: { id: keyId, epoch: Number(epoch) },
    part,
    version: Number(version),
    beside: Object.fromEntries(names.map((name, at) => [name, JSON.parse(beside[at * 2 + 1] ?? '')])),
  }
}
