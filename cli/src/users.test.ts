import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { write } from '@claviger/server/storage/write.ts'
import { expect, test } from 'vitest'
import { addTeam, addUser, BINARY, elementsOf, FIRST_NAME, LAST_NAME, newInstallation, run, runJson, textAt } from './testing-command.ts'

const SMTP = { CLAVIGER_SMTP_URL: 'smtp://localhost:2525' }

test('users are listed with their teams, what to know of them, and the link of the open invitation', async () => {
  const { db, env, nodeId } = await newInstallation()
  const ada = await addUser(db, nodeId, 'Ada@example.com', { primaryEmail: 'lovelace@example.com' })
  const grace = await addUser(db, nodeId, 'grace@example.com', { active: false })
  await addTeam(db, nodeId, 'Operations', [ada.id])
  await addTeam(db, nodeId, 'Engine room', [ada.id, grace.id])
  expect(await runJson(['users', 'list', '--node', nodeId, '--public-url', 'https://vault.example.com'], { env })).toEqual([
    {
      id: ada.id,
      email: 'Ada@example.com',
      status: 'invited',
      teams: ['Operations', 'Engine room'],
      flags: ['email-differs'],
      invitationUrl: expect.stringMatching(/^https:\/\/vault\.example\.com\/invite#[\w.-]{80}$/),
    },
    { id: grace.id, email: 'grace@example.com', status: 'locked', teams: ['Engine room'], flags: [] },
  ])
})

test('links of invitations are shown only where no mail server is set, and while they can be accepted', async () => {
  const { db, env, nodeId } = await newInstallation()
  await addUser(db, nodeId, 'ada@example.com')
  const command = ['users', 'list', '--node', nodeId]
  expect(JSON.stringify(await runJson(command, { env }))).toContain('invitationUrl')
  expect(JSON.stringify(await runJson(command, { env: { ...env, ...SMTP } }))).not.toContain('/invite#')
  const inPlainWords = await run(command, { env: { ...env, ...SMTP } })
  expect(inPlainWords.out).not.toContain('/invite#')

  await write(db, (trx) =>
    trx
      .updateTable('invitations')
      .set({ expires_at: Date.now() - 1 })
      .execute(),
  )
  expect(await runJson(command, { env })).toMatchObject([{ flags: ['invitation-expired'] }])
  expect(JSON.stringify(await runJson(command, { env }))).not.toContain('invitationUrl')
})

test('mail that did not go out is flagged, with what to do', async () => {
  const { db, env, nodeId } = await newInstallation()
  await addUser(db, nodeId, 'ada@example.com')
  await write(db, (trx) => trx.updateTable('outbox').set({ state: 'failed' }).execute())
  expect(await runJson(['users', 'list', '--node', nodeId], { env: { ...env, ...SMTP } })).toMatchObject([{ flags: ['mail-failed'] }])
  const { out } = await run(['users', 'list', '--node', nodeId], { env: { ...env, ...SMTP } })
  expect(out).toContain('claviger users resend ada@example.com')
})

test('no command shows first or last names', async () => {
  const { db, env, nodeId } = await newInstallation()
  const ada = await addUser(db, nodeId, 'ada@example.com')
  await addTeam(db, nodeId, 'Operations', [ada.id])
  const shown: string[] = []
  for (const command of ['users list', 'teams list', 'log']) {
    for (const form of [[], ['--json']]) {
      const { code, out, err } = await run([...command.split(' '), '--node', nodeId, ...form], { env })
      expect(code).toBe(0)
      shown.push(out, err)
    }
  }
  expect(shown.join()).not.toMatch(new RegExp(`${FIRST_NAME}|${LAST_NAME}`, 'i'))
})

test('a node without users is an empty list, and in plain words a sentence', async () => {
  const { env, nodeId } = await newInstallation()
  expect(await runJson(['users', 'list', '--node', nodeId], { env })).toEqual([])
  expect((await run(['users', 'list', '--node', nodeId], { env })).out).toBe('This node has no users yet.\n')
})

test('the users of a node that is not there are refused, not an empty list', async () => {
  const { env } = await newInstallation()
  const refused = await run(['users', 'list', '--node', 'nowhere', '--json'], { env })
  expect(refused).toEqual({ code: 1, out: '', err: 'error: no node nowhere\n' })
})

test('a list of several pages has every user once, and whoever reads it may stop before its end', async () => {
  const { db, env, nodeId } = await newInstallation()
  const emails = Array.from({ length: 1203 }, (_, i) => `user-${i}@example.com`)
  await Promise.all(emails.map((email) => addUser(db, nodeId, email)))
  const listed = elementsOf(await runJson(['users', 'list', '--node', nodeId], { env }))
  expect(listed.map((user) => textAt(user, 'email')).toSorted()).toEqual(emails.toSorted())
  const { out } = await run(['users', 'list', '--node', nodeId], { env })
  expect(out.split('\n').filter((line) => line.includes(' invited '))).toHaveLength(1203)
  const words = [process.execPath, BINARY, 'users', 'list', '--node', nodeId]
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', '"$@" | head -n 1', 'sh', ...words], {
    env: { ...process.env, ...env },
  })
  expect({ lines: stdout.split('\n').length, stderr }).toEqual({ lines: 2, stderr: '' })
})

test('an e-mail address that would move the cursor of the terminal is shown harmlessly', async () => {
  const { db, env, nodeId } = await newInstallation()
  const ada = await addUser(db, nodeId, 'ada@example.com')
  await addTeam(db, nodeId, '\u001b[2JOps\u202e', [ada.id])
  const { out } = await run(['users', 'list', '--node', nodeId], { env })
  expect(out).toContain('\u{FFFD}[2JOps\u{FFFD}')
})

test('an invitation is sent anew by e-mail address in any case, or by id, and the old link is gone', async () => {
  const { db, env, nodeId } = await newInstallation()
  const ada = await addUser(db, nodeId, 'ada@example.com')
  const list = () => runJson(['users', 'list', '--node', nodeId], { env })
  const before = textAt(await list(), 0, 'invitationUrl')
  const first = textAt(await runJson(['users', 'resend', 'ADA@example.com'], { env }), 'invitationUrl')
  const second = textAt(await runJson(['users', 'resend', ada.id], { env }), 'invitationUrl')
  expect(new Set([before, first, second]).size).toBe(3)
  expect(textAt(await list(), 0, 'invitationUrl')).toBe(second)

  expect(await runJson(['users', 'resend', ada.id], { env: { ...env, ...SMTP } })).toEqual({ id: ada.id, email: 'ada@example.com' })
  const actions = await db.selectFrom('audit_log').select('action').where('subject_id', '=', ada.id).execute()
  expect(actions.filter(({ action }) => action === 'invitation.resent')).toHaveLength(3)
})

test('the first administrator gets a new link to set up, which is never mailed', async () => {
  const { db, env } = await newInstallation()
  const sent = await runJson(['users', 'resend', 'admin@example.com'], { env: { ...env, ...SMTP } })
  expect(sent).toMatchObject({ email: 'admin@example.com', setupUrl: expect.stringContaining('/setup#') })
  expect(await db.selectFrom('outbox').selectAll().execute()).toEqual([])
  const open = await db.selectFrom('invitations').select('purpose').where('cancelled_at', 'is', null).execute()
  expect(open).toEqual([{ purpose: 'setup' }])
})

test('nobody can be invited who is not there, is locked, or has registered', async () => {
  const { db, env, nodeId } = await newInstallation()
  const nobody = await run(['users', 'resend', 'nobody@example.com'], { env })
  expect(nobody).toEqual({ code: 1, out: '', err: 'error: There is no user nobody@example.com in this installation.\n' })
  await addUser(db, nodeId, 'grace@example.com', { active: false })
  expect((await run(['users', 'resend', 'grace@example.com'], { env })).err).toContain('is locked')
  await write(db, (trx) => trx.updateTable('users').set({ status: 'active' }).where('email_key', '=', 'grace@example.com').execute())
  expect((await run(['users', 'resend', 'grace@example.com'], { env })).err).toContain('has registered already')
})
