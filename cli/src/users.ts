import { AppError } from '@claviger/server/errors.ts'
import { type OpenInvitation, openInvitations } from '@claviger/server/invitations/find.ts'
import { invitationLink, setupLink } from '@claviger/server/invitations/link.ts'
import type { ProvenNodeId } from '@claviger/server/nodes/scope.ts'
import type { UserStatus } from '@claviger/server/storage/database.ts'
import { loadSecret } from '@claviger/server/storage/secrets.ts'
import { write } from '@claviger/server/storage/write.ts'
import { teamsOfUsers } from '@claviger/server/teams/of-users.ts'
import { inviteAgain } from '@claviger/server/users/invite-again.ts'
import { listUsers, locateUser } from '@claviger/server/users/list.ts'
import type { Command } from 'commander'
import { say, Table, writeJson, writeJsonArray } from './output.ts'
import { pagesOf } from './pages.ts'
import { addLinkOptions, type OpenStore, provenNode, type StoreOptions, scopeOf, withStore } from './store.ts'

/** What an administrator should know of a user, and what each means. */
const flagWords = {
  'email-differs': "the directory's primary e-mail is another address",
  'invitation-expired': 'the invitation has expired: claviger users resend EMAIL',
  'mail-failed': 'the invitation could not be mailed: claviger users resend EMAIL',
} as const
type UserFlag = keyof typeof flagWords

/** A user as the command line shows them: no first or last name (story 8). */
interface ShownUser {
  id: string
  email: string
  status: UserStatus
  /** Names, in the order in which the teams were made. */
  teams: string[]
  flags: UserFlag[]
  /** Only where no mail server is set, while the invitation can be accepted. */
  invitationUrl?: string
}

/** Adds `users list` and `users resend`. */
export function addUsersCommands(program: Command): void {
  const users = program.command('users').description('the people in a node')
  addLinkOptions(users.command('list')).description('list the users of a node').requiredOption('--node <id>', 'the node').action(list)
  addLinkOptions(users.command('resend'))
    .description('send the invitation of a user anew; the old link dies')
    .argument('<user>', 'e-mail address or id')
    .action(resend)
}

async function list({ node, ...options }: StoreOptions & { node: string }) {
  await withStore(options, async (store) => {
    const { nodeId } = await provenNode(store.db, node)
    const pages = userPages(store, nodeId)
    if (options.json) return writeJsonArray(pages)
    const table = new Table('USER', 'STATUS', 'E-MAIL', 'TEAMS')
    for await (const page of pages) {
      await table.write(
        page.map(({ id, status, email, teams, flags, invitationUrl }) => ({
          cells: [id, status, email, teams.join(', ')],
          notes: [...flags.map((flag) => flagWords[flag].replace('EMAIL', email)), ...(invitationUrl === undefined ? [] : [invitationUrl])],
        })),
      )
    }
    await table.end('This node has no users yet.')
  })
}

async function* userPages({ db, config, at }: OpenStore, nodeId: ProvenNodeId): AsyncGenerator<ShownUser[]> {
  const key = config.smtpUrl === undefined ? await loadSecret(db, 'invitations') : undefined
  for await (const users of pagesOf(
    (after, limit) => listUsers(db, nodeId, after, limit),
    ({ id }) => id,
  )) {
    const ids = users.map(({ id }) => id)
    const [teams, invitations] = await Promise.all([teamsOfUsers(db, ids), openInvitations(db, ids)])
    yield users.map(({ id, email, status, emailDiffers }) => {
      const invitation = status === 'invited' ? invitations.get(id) : undefined
      const shown: ShownUser = {
        id,
        email,
        status,
        teams: (teams.get(id) ?? []).map(({ name }) => name),
        flags: [...(emailDiffers ? ['email-differs' as const] : []), ...invitationFlags(invitation, key === undefined, at)],
      }
      if (!key || !invitation || invitation.expiresAt <= at) return shown
      return { ...shown, invitationUrl: invitationLink(key, config.publicUrl, invitation.invitationId) }
    })
  }
}

function invitationFlags(invitation: OpenInvitation | undefined, mailed: boolean, at: number): UserFlag[] {
  if (!invitation) return []
  if (invitation.expiresAt <= at) return ['invitation-expired']
  return mailed && invitation.state === 'failed' ? ['mail-failed'] : []
}

async function resend(emailOrId: string, options: StoreOptions) {
  const sent = await withStore(options, async (store) => {
    const { db, config, at } = store
    const place = await locateUser(db, emailOrId)
    if (!place) throw new AppError('not_found', `There is no user ${emailOrId} in this installation.`)
    const scope = await scopeOf(db, place.nodeId, at)
    const { user, setupId } = await write(db, (trx) => inviteAgain(trx, scope, place.id))
    const key = await loadSecret(db, 'invitations')
    if (setupId !== undefined) return { id: user.id, email: user.email, setupUrl: setupLink(key, config.publicUrl, setupId) }
    const invitation = (await openInvitations(db, [user.id])).get(user.id)
    if (config.smtpUrl !== undefined || !invitation) return { id: user.id, email: user.email }
    return { id: user.id, email: user.email, invitationUrl: invitationLink(key, config.publicUrl, invitation.invitationId) }
  })
  if (options.json) return writeJson(sent)
  const link = 'setupUrl' in sent ? sent.setupUrl : 'invitationUrl' in sent ? sent.invitationUrl : undefined
  await say(
    link === undefined ? `A new invitation for ${sent.email} waits for the server to mail it.` : `The new link for ${sent.email}: ${link}`,
    'Links that were sent before are dead.',
  )
}
