import { Command } from 'commander'
import { expect, test } from 'vitest'
import { groups, groupsFor } from './groups.ts'

test('every command is reached by its word, and no word leads to a command that there is not', async () => {
  for (const { words, load } of groups) {
    const program = new Command()
    ;(await load())(program)
    expect(program.commands.map((command) => command.name()).toSorted()).toEqual(words.toSorted())
  }
  expect(new Set(groups.flatMap(({ words }) => words)).size).toBe(groups.flatMap(({ words }) => words).length)
})

test('a known word loads its own group alone; no word, or another one, loads all', () => {
  expect(groupsFor('record')).toHaveLength(1)
  for (const word of [undefined, '--help', 'help', 'recrod']) expect(groupsFor(word)).toBe(groups)
})
