import { Stack, Text } from '@mantine/core'
import { Facts } from '../../ui/facts.tsx'
import { Go } from '../../ui/go.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { roleWords } from '../timeline/words.ts'
import { TransferVault } from './transfer-vault.tsx'
import type { UserDetails } from './user-page.tsx'

/** What is known of a user. Of what they keep in their vault only how many folders there are. */
export function UserFacts({ user }: { user: UserDetails }) {
  return (
    <Stack gap="xl">
      <Facts
        facts={{
          'E-mail': user.email,
          Name: user.name,
          Invitation: user.invitation === null ? 'Never mailed' : <Invitation invitation={user.invitation} />,
          Created: <TimeAgo at={user.createdAt} />,
          Registered: user.registeredAt === null ? 'Not yet' : <TimeAgo at={user.registeredAt} />,
          'Last seen': <TimeAgo at={user.lastSeenAt} />,
          Deleted: user.deletedAt === null ? undefined : <TimeAgo at={user.deletedAt} />,
          'Kept until': user.purgedAt === null ? undefined : day.format(user.purgedAt),
          Devices: String(user.devices),
          'Second factors': user.secondFactors === 0 ? 'None' : String(user.secondFactors),
          'Own folders': String(user.ownFolders),
          Keys: user.registeredAt === null ? 'Made on registration' : user.verified ? 'Verified in the signed log' : 'Not verified yet',
          Provisioning: user.provisioned ? 'By the directory of the node' : 'No directory provisions the node',
          'Id in the directory': user.externalId ?? undefined,
          Roles: user.roles.length === 0 ? 'No administrator' : <Roles roles={user.roles} />,
        }}
      />
      {(user.status === 'locked' || user.status === 'deleted') && <TransferVault user={user} />}
    </Stack>
  )
}

const day = new Intl.DateTimeFormat('en', { dateStyle: 'long' })

function Invitation({ invitation }: { invitation: NonNullable<UserDetails['invitation']> }) {
  const { state, lastError, sentAt, expiresAt } = invitation
  return (
    <>
      <StateBadge state={state} label={deliveryWords[state]} />
      {lastError !== null && <Text size="sm">The mail server said: {lastError}</Text>}
      {sentAt !== null && (
        <Text size="sm" c="dimmed">
          mailed <TimeAgo at={sentAt} />
        </Text>
      )}
      {expiresAt !== null && (state === 'sent' || state === 'queued') && (
        <Text size="sm" c="dimmed">
          good until {day.format(expiresAt)}
        </Text>
      )}
    </>
  )
}

const deliveryWords = {
  queued: 'waits to be mailed',
  sent: 'mailed',
  failed: 'not delivered',
  expired: 'expired',
  accepted: 'accepted',
} as const

function Roles({ roles }: Pick<UserDetails, 'roles'>) {
  return roles.map(({ nodeId, nodeName, role }) => (
    <div key={nodeId}>
      Administrator of <Go to={`/nodes/${nodeId}`}>{nodeName}</Go> ({roleWords(role)})
    </div>
  ))
}
