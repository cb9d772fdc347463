import { Button, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { Go } from '../../ui/go.tsx'
import { Section } from '../../ui/section.tsx'
import type { Step } from './steps.ts'
import './first-steps.css'

/** The way from an empty enterprise to its first team: what is done, and what is next. */
export function FirstSteps({ steps, onHide }: { steps: readonly Step[]; onHide: () => void }) {
  const next = steps.findIndex(({ isDone }) => !isDone)
  const done = steps.filter(({ isDone }) => isDone).length
  return (
    <Section
      title="From here to your first team"
      lead={`${done} of ${steps.length} steps are done. They tick themselves off.`}
      actions={
        <Button variant="subtle" size="compact-sm" onClick={onHide}>
          Hide
        </Button>
      }
    >
      <ol className="steps">
        {steps.map((step, index) => (
          <li key={step.title} data-done={step.isDone || undefined} aria-current={index === next ? 'step' : undefined}>
            <span className="steps-mark" aria-hidden>
              {step.isDone ? <IconCheck size={16} /> : index + 1}
            </span>
            <div>
              <Name step={step} isNext={index === next} />
              <Text size="sm" c="dimmed">
                {step.words}
              </Text>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  )
}

function Name({ step: { title, isDone, at }, isNext }: { step: Step; isNext: boolean }) {
  if (isDone) {
    return (
      <Text fw={600}>
        {title} <span className="steps-done">(done)</span>
      </Text>
    )
  }
  if (at === null) return <Text fw={600}>{title}</Text>
  return (
    <Text fw={isNext ? 700 : 600}>
      <Go {...at}>{title}</Go>
    </Text>
  )
}
