import { UserId } from '@claviger/contract/ids.ts'
import { expect, test } from 'vitest'
import { newId } from '../new-id.ts'
import { makeIdentity } from './identity.ts'
import { safetyWords } from './safety-words.ts'
import { foundEnterprise, outcome } from './testing-enterprise.ts'

async function start() {
  const { state, ada } = await foundEnterprise()
  const grace = await makeIdentity(newId(UserId))
  return { id: state.enterprise, ada: { userId: ada.userId, keys: ada.public }, grace: { userId: grace.userId, keys: grace.public } }
}

test('both people see the same six words', async () => {
  const { id, ada, grace } = await start()
  const words = await safetyWords(id, ada, grace)
  expect(words).toHaveLength(6)
  expect(words.every((word) => /^[a-z]{3,8}$/.test(word))).toBe(true)
  expect(await safetyWords(id, grace, ada)).toEqual(words)
})

test('the words are others where one of the keys was swapped between the two, or the enterprise', async () => {
  const { id, ada, grace } = await start()
  const { keys } = (await start()).grace
  const said = [
    await safetyWords(id, ada, grace),
    await safetyWords(id, ada, { ...grace, keys: { ...grace.keys, encryptionKey: keys.encryptionKey } }),
    await safetyWords(id, ada, { ...grace, keys: { ...grace.keys, signingKey: keys.signingKey } }),
    await safetyWords(id, { ...ada, keys: grace.keys }, { ...grace, keys: ada.keys }),
    await safetyWords((await start()).id, ada, grace),
  ]
  expect(new Set(said.map((words) => words.join(' '))).size).toBe(said.length)
})

test('nobody compares words with themselves', async () => {
  const { id, ada } = await start()
  expect(await outcome(() => safetyWords(id, ada, ada))).toBe('uncertified')
})
