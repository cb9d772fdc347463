import { expect, test } from 'vitest'
import { newId } from '../../storage/id.ts'
import { type Console, get, startConsole } from './testing-console.ts'

test('who looks after sign-in sees how many people have a second factor, and which administrators have none', async () => {
  const server = await startConsole()
  const { ada, oscar, mia, nodeId, otherNodeId, person, write } = server
  const kay = await person('kay@example.com', { nodeId })
  await person('lee@example.com', { nodeId })
  const locked = await person('max@example.com', { nodeId })
  await addFactor(server, mia.userId, true)
  await addFactor(server, mia.userId, true)
  // Begun is not set up, and who is locked signs in no way.
  await addFactor(server, kay.userId, false)
  await addFactor(server, locked.userId, true)
  await write((trx) => trx.updateTable('users').set({ status: 'locked' }).where('id', '=', locked.userId).execute())

  const { status, body } = await get(ada, '/api/v1/sign-on')
  expect(status).toBe(200)
  const nodeOf = (id: string) => body.nodes.find((node: { nodeId: string }) => node.nodeId === id)
  expect(nodeOf(nodeId)).toMatchObject({ active: 3, withSecondFactor: 1 })
  expect(nodeOf(otherNodeId)).toMatchObject({ name: 'Other', active: 1, withSecondFactor: 0 })
  expect(emailsOf(body)).toEqual(['ada@example.com', 'oscar@example.com'])

  await addFactor(server, ada.userId, true)
  expect(emailsOf((await get(ada, '/api/v1/sign-on')).body)).toEqual(['oscar@example.com'])

  const own = (await get(oscar, '/api/v1/sign-on')).body
  expect(own.nodes).toEqual([{ nodeId: otherNodeId, name: 'Other', active: 1, withSecondFactor: 0 }])
  expect(emailsOf(own)).toEqual(['oscar@example.com'])
  expect((await get(mia, '/api/v1/sign-on')).status).toBe(403)
})

function emailsOf(body: { administratorsWithout: { email: string }[] }): string[] {
  return body.administratorsWithout.map(({ email }) => email).toSorted()
}

async function addFactor({ write }: Console, userId: string, isConfirmed: boolean): Promise<void> {
  const at = Date.now()
  const row = {
    id: newId(),
    user_id: userId,
    kind: 'totp' as const,
    name: 'Phone',
    credential_id: null,
    secret: 'x',
    counter: 0,
    created_at: at,
  }
  await write((trx) =>
    trx
      .insertInto('second_factors')
      .values({ ...row, confirmed_at: isConfirmed ? at : null, used_at: null })
      .execute(),
  )
}
