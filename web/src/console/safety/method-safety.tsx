import { Group, Stack, Text } from '@mantine/core'
import { Facts } from '../../ui/facts.tsx'
import { Go } from '../../ui/go.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/section.tsx'
import { useAsk } from '../../worker/ask.ts'
import { LimitsForm } from './limits-form.tsx'
import { ObserveSwitch } from './observe-switch.tsx'
import { limitsText, takenText } from './safety-words.ts'

/** What a directory took within the window is not in the change feed. */
const LOOK_MILLIS = 15_000

export interface MethodSafetyProps {
  readonly methodId: string
  readonly mayManage: boolean
}

/** How much the directory may take from people before somebody is asked, and whether it is only observed. */
export function MethodSafety({ methodId, mayManage }: MethodSafetyProps) {
  const query = useAsk('readSafety', { method: methodId }, { everyMillis: LOOK_MILLIS })
  return (
    <Section
      title="Safety"
      lead="Where the directory would take access from too many people at once, it is paused, and what it wanted is held until you decide."
    >
      <Loaded query={query}>
        {(safety) => (
          <Stack>
            <Facts facts={{ Limits: limitsText(safety), ...(safety.limits.on && { 'Taken so far': takenText(safety) }) }} />
            {mayManage && <LimitsForm methodId={methodId} limits={safety.limits} />}
            <ObserveSwitch methodId={methodId} observe={safety.observe} mayManage={mayManage} isHeld={safety.pausedBy === 'breaker'} />
            <Group gap="lg">
              <Text size="sm">
                <Go to={`/provisioning/${methodId}`}>What is held, and what was decided</Go>
              </Text>
              <Text size="sm">
                <Go to={`/provisioning/${methodId}`} search={{ tab: 'observed' }}>
                  What was observed
                </Go>
              </Text>
            </Group>
          </Stack>
        )}
      </Loaded>
    </Section>
  )
}
