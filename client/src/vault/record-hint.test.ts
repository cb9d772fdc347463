import { expect, test } from 'vitest'
import { hintOf } from './record-hint.ts'
import { RecordBody } from './record-types.ts'

const hint = (body: object) => hintOf(RecordBody.parse(body))

test('a card is told by its last digits, and by nothing that would be most of a short number', async () => {
  expect(await hint({ type: 'card', number: '4111 1111 1111 1234' })).toBe('1234')
  expect(await hint({ type: 'card', number: '12345' })).toBe('')
})

test('a key is told by its fingerprint, as ssh-keygen -l prints it', async () => {
  const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github'
  expect(await hint({ type: 'ssh-key', privateKey: 'x', publicKey })).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
  for (const broken of ['', 'ssh-ed25519', 'ssh-ed25519 A', 'no key at all']) {
    expect(await hint({ type: 'ssh-key', privateKey: 'x', publicKey: broken })).toBe('')
  }
})

test('a person is told by the name, and no other type by its content', async () => {
  expect(await hint({ type: 'identity', firstName: 'Ada', lastName: 'Lovelace' })).toBe('Ada Lovelace')
  expect(await hint({ type: 'login', password: 'hidden' })).toBe('')
  expect(await hint({ type: 'note', notes: 'hidden' })).toBe('')
})
