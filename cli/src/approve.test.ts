import { expect, test } from 'vitest'
import { addTeam, elementsOf, textAt } from './testing-command.ts'
import { startWithAdministrator, type TestPerson } from './testing-person.ts'

const pendingOf = async (person: TestPerson) => elementsOf(await person.json(['pending']))

test('an administrator sees what waits and why, and approves exactly what is named', { timeout: 120_000 }, async () => {
  const { db, nodeId, administrator: ada, push, register, members } = await startWithAdministrator()
  const grace = await register('grace@example.com')
  const lin = await register('lin@example.com')
  const bob = await push('bob@example.com')
  const engineering = await addTeam(db, nodeId, 'Engineering', [grace.userId, bob])
  const sales = await addTeam(db, nodeId, 'Sales', [lin.userId])
  const legal = await addTeam(db, nodeId, 'Legal')

  const before = await pendingOf(ada)
  const byAda = [{ kind: 'administrator', id: ada.userId, name: ada.email, online: true }]
  expect(before).toContainEqual(expect.objectContaining({ kind: 'team', code: 'no-keys', team: 'Engineering', unblockedBy: byAda }))
  expect(before).toContainEqual(expect.objectContaining({ kind: 'user', code: 'not-verified', email: grace.email, unblockedBy: byAda }))
  expect(before).toContainEqual(
    expect.objectContaining({
      kind: 'membership',
      code: 'team-pending',
      team: 'Sales',
      email: lin.email,
      reason: expect.stringMatching(/\w/),
    }),
  )
  expect(before).toContainEqual(expect.objectContaining({ kind: 'user', email: 'bob@example.com', userId: bob }))
  const shown = await ada.run(['pending'])
  expect(shown).toMatchObject({ code: 0, err: '' })
  expect(shown.out).toMatch(/^WHAT +TEAM +WHO +SINCE\n/)
  expect(shown.out).toContain(`Can end it: ${ada.email} (administrator, online)`)

  for (const vague of [[], ['--all', '--team', 'Sales'], ['--dry-run']]) {
    expect(await ada.run(['approve', ...vague])).toMatchObject({ code: 2, out: '' })
  }
  for (const wrong of [
    ['--team', 'Engine'],
    ['--user', 'grac@example.com'],
    ['--team', 'Sales', '--user', 'grace@example.cm'],
  ]) {
    expect(await ada.run(['approve', ...wrong])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('claviger pending') })
  }

  const planned = await ada.run(['approve', '--team', 'Engineering', '--dry-run'])
  expect(planned).toEqual({ code: 0, out: 'Would: Verified grace@example.com.\nWould: Made the first key of Engineering.\n', err: '' })
  expect(await pendingOf(ada)).toEqual(before)

  const words = await ada.json(['approve', '--words', '--user', 'Grace@example.com'])
  expect(words).toEqual([{ user: grace.email, words: expect.stringMatching(/^[a-z]+( [a-z]+){5}$/) }])
  expect(await grace.json(['words'])).toEqual([{ administrator: ada.email, words: textAt(words, 0, 'words') }])
  expect((await ada.run(['approve', '--words'])).out).toMatch(/^(grace|lin)@example\.com: .+\n(grace|lin)@example\.com: .+\nEach of them/)
  expect(await ada.run(['approve', '--words', '--user', 'bob@example.com'])).toMatchObject({ code: 1, out: '' })
  expect(await pendingOf(ada)).toEqual(before)

  const approved = await ada.json(['approve', '--team', 'engineering'])
  expect(approved).toMatchObject({
    approved: [
      { kind: 'user', user: grace.email },
      { kind: 'team', team: 'Engineering' },
      { kind: 'membership', team: 'Engineering', user: grace.email },
    ],
    skipped: [],
    waiting: [{ kind: 'membership', team: 'Engineering', user: 'bob@example.com', why: expect.stringMatching(/\w/) }],
  })
  expect([await members(engineering), await members(sales)]).toEqual([
    { 'grace@example.com': 'active', 'bob@example.com': 'pending' },
    { 'lin@example.com': 'pending' },
  ])
  const left = await pendingOf(ada)
  expect(left).toContainEqual(expect.objectContaining({ kind: 'user', email: lin.email, code: 'not-verified' }))
  const again = await ada.run(['approve', '--team', engineering.id])
  expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^Waits: bob@example\.com on Engineering\. \w/), err: '' })
  expect(await ada.run(['approve', '--user', grace.email])).toEqual({ code: 0, out: 'Nothing waits for you there.\n', err: '' })

  expect(await ada.json(['approve', '--user', 'LIN@example.com'])).toMatchObject({
    approved: [
      { kind: 'user', user: lin.email },
      { kind: 'team', team: 'Sales' },
      { kind: 'membership', team: 'Sales', user: lin.email },
    ],
    waiting: [],
  })
  expect(await pendingOf(ada)).toContainEqual(expect.objectContaining({ kind: 'team', teamId: legal.id }))
  const all = await ada.json(['approve', '--all'])
  expect(all).toMatchObject({ approved: [{ kind: 'team', team: 'Legal' }], skipped: [] })
  // Who is no administrator verifies nobody.
  await register('bob@example.com', bob)
  const member = await grace.run(['approve', '--all'])
  expect(member).toMatchObject({ code: 1, out: expect.stringMatching(/^Not bob@example\.com on Engineering: The log has no certificate/) })
  expect(await members(engineering)).toMatchObject({ 'bob@example.com': 'pending' })
  expect(await ada.json(['approve', '--all'])).toMatchObject({
    approved: [{ kind: 'user' }, { kind: 'membership', user: 'bob@example.com' }],
  })
  expect(await pendingOf(ada)).toEqual([])
  expect((await ada.run(['pending'])).out).toBe('Nothing waits.\n')
})

test('teams of one name in two nodes are told apart by their id', { timeout: 60_000 }, async () => {
  const { db, nodeId, rootNodeId, administrator: ada } = await startWithAdministrator()
  const here = await addTeam(db, nodeId, 'Support')
  await addTeam(db, rootNodeId, 'Support')
  const vague = await ada.run(['approve', '--team', 'Support'])
  expect(vague).toMatchObject({ code: 2, out: '', err: expect.stringContaining(here.id) })
  expect(await ada.json(['approve', '--team', here.id])).toMatchObject({ approved: [{ kind: 'team', team: 'Support' }], waiting: [] })
  expect(await ada.json(['approve', '--team', 'Support'])).toMatchObject({ approved: [{ kind: 'team' }] })
})

test('the policy is shown to everybody, and stated by full administrators alone', { timeout: 60_000 }, async () => {
  const { administrator: ada, register } = await startWithAdministrator()
  const grace = await register('grace@example.com')
  expect(await ada.json(['policy'])).toEqual({ autoApproval: 'verified-members', recovery: true })
  expect(await ada.json(['policy', '--auto-approval', 'everyone'])).toEqual({ autoApproval: 'everyone', recovery: true })
  expect(await grace.json(['policy'])).toEqual({ autoApproval: 'everyone', recovery: true })
  expect((await grace.run(['policy'])).out).toMatch(/^Auto-approval: everyone\. .+\nRecovery: on\. .+\n$/)
  const refused = await grace.run(['policy', '--recovery', 'off'])
  expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('full administrator') })
  expect(await ada.run(['policy', '--auto-approval', 'nobody'])).toMatchObject({ code: 2, out: '' })
  expect(await ada.json(['policy', '--recovery', 'off'])).toEqual({ autoApproval: 'everyone', recovery: false })
})
