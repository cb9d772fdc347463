import { List, Stack, Text } from '@mantine/core'
import { Go } from '../../ui/go.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { Section } from '../../ui/section.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { roleName } from '../settings/role-words.ts'
import { HowPeopleSignIn } from './how-people-sign-in.tsx'
import { NodesWithFactors } from './nodes-with-factors.tsx'
import { OwnFactors } from './own-factors.tsx'

/** How people sign in, and for whom the password alone is enough. */
export function SignOnPage() {
  const signOn = useAsk('readSignOn', {})
  return (
    <>
      <PageTitle title="Sign-on" lead="How people prove who they are before anything opens." />
      <Stack gap="lg">
        <HowPeopleSignIn />
        <Loaded query={signOn}>
          {({ nodes, administratorsWithout }) => (
            <>
              <Administrators administrators={administratorsWithout} />
              <Section title="Second factors by node" lead="Of the people who are active.">
                <NodesWithFactors nodes={nodes} />
              </Section>
            </>
          )}
        </Loaded>
        <OwnFactors />
      </Stack>
    </>
  )
}

type Without = AnswerOf<'readSignOn'>['administratorsWithout']

function Administrators({ administrators }: { administrators: Without }) {
  return (
    <Section title="Administrators without a second factor">
      {administrators.length === 0 ? (
        <Text>None: each active administrator has one.</Text>
      ) : (
        <Stack gap="sm">
          <Text>
            For these administrators a stolen password is enough. Ask each of them to add an authenticator app or a passkey: in the console
            under Sign-on, or with <code>claviger second-factor add-totp</code>.
          </Text>
          <List>
            {administrators.map(({ userId, email, nodeId, nodeName, role }) => (
              <List.Item key={`${userId} ${nodeId}`}>
                <Go to={`/users/${userId}`}>{email}</Go>, {roleName(role)} of {nodeName}
              </List.Item>
            ))}
          </List>
        </Stack>
      )}
    </Section>
  )
}
