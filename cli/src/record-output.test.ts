import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startWithAdministrator } from './testing-person.ts'

const SECRET = 'a secret of seven herons'

test('what a record holds moves no terminal, passes for no other field, and stays out of the profile', { timeout: 120_000 }, async () => {
  const { administrator: ada } = await startWithAdministrator()
  const [folder, title] = ['Servers \u001b[2J', 'Door \u202e\u001b]0;x\u0007']
  expect((await ada.run(['folder', 'add', folder])).out).toBe('Made the folder Servers \u{FFFD}[2J. Nobody but you can open it.\n')
  const add = ['record', 'add', '--folder', folder, '--title', title, '--notes', 'oak\npassword: oak\r\n\u001b[31mred', '--password-stdin']
  expect((await ada.run(add, { input: `${SECRET}\n` })).out).not.toContain(SECRET)

  const commands = [
    ['list'],
    ['get', title],
    ['get', title, '--show'],
    ['history', title],
    ['edit', title, '--url', '\u001b[1mx'],
    ['remove', title],
  ]
  const printed: string[] = []
  for (const command of commands) {
    const { code, out, err } = await ada.run(['record', ...command])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('Door \u{FFFD}\u{FFFD}]0;x\u{FFFD}')
    printed.push(out)
  }
  printed.push((await ada.run(['record', 'list', '--bin'])).out, (await ada.run(['folder', 'list'])).out)
  const refused = await ada.run(['record', 'get', `${title} of oak`])
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect([...printed, refused.err].join('')).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)

  const [, covered, shown] = printed
  expect(covered?.match(/^password: /gm)).toHaveLength(1)
  expect(covered).toContain('\nnotes: oak\n    password: oak\n    \u{FFFD}[31mred\n')
  expect(printed.filter((text) => text.includes(SECRET))).toEqual([shown])
  await ada.json(['record', 'restore', title])
  expect(await ada.json(['record', 'get', title])).toMatchObject({ title, folder, password: SECRET, url: '\u001b[1mx' })

  const kept = readdirSync(ada.profile).map((name) => readFileSync(join(ada.profile, name), 'utf8'))
  for (const text of [SECRET, 'Servers', 'Door', 'oak']) expect(kept.join()).not.toContain(text)
})
