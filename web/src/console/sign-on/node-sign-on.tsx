import { Stack } from '@mantine/core'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/section.tsx'
import { useAsk } from '../../worker/ask.ts'
import { HowPeopleSignIn } from './how-people-sign-in.tsx'
import { Share } from './nodes-with-factors.tsx'

/** How the people of one node sign in. */
export function NodeSignOn({ nodeId }: { nodeId: string }) {
  const signOn = useAsk('readSignOn', {})
  return (
    <Stack gap="lg">
      <HowPeopleSignIn />
      <Section title="Second factors" lead="Of the people of this node who are active.">
        <Loaded query={signOn}>
          {({ nodes }) => {
            const node = nodes.find((each) => each.nodeId === nodeId)
            return <Share active={node?.active ?? 0} withSecondFactor={node?.withSecondFactor ?? 0} />
          }}
        </Loaded>
      </Section>
    </Stack>
  )
}
