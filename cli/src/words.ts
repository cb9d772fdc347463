import { safetyWords } from '@claviger/client/keys/safety-words.ts'
import type { Command } from 'commander'
import { say, writeJson } from './output.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'

/** Adds `words`. */
export function addWordsCommand(program: Command): void {
  addPersonOptions(program.command('words'))
    .description('your safety words with each administrator: read them to each other, and nobody has swapped a key')
    .action(show)
}

async function show(options: PersonOptions) {
  const { owner, identity, state } = await openPerson(options)
  const own = { userId: owner.userId, keys: identity.public }
  const others = [...state.administrators.keys()].flatMap((userId) => {
    const certificate = userId === owner.userId ? undefined : state.certificates.get(userId)
    return certificate === undefined ? [] : [certificate]
  })
  const shown = await Promise.all(
    others.map(async ({ userId, email, identity: keys }) => ({
      administrator: email,
      words: (await safetyWords(owner.enterprise, own, { userId, keys })).join(' '),
    })),
  )
  if (options.json) return writeJson(shown)
  if (shown.length === 0) return say('There is no other administrator to compare words with.')
  await say(...shown.map(({ administrator, words }) => `${administrator}: ${words}`))
}
