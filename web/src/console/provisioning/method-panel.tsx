import { Paper, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyField } from '../../ui/copy-field.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Go } from '../../ui/go.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { MethodSafety } from '../safety/method-safety.tsx'
import { type OneMethodProps, ShownToken } from './draft-method.tsx'
import { EmailPolicyChoice } from './email-policy-choice.tsx'
import { FirstRequest } from './first-request.tsx'
import { Guide } from './guide/guide.tsx'
import { operationWords } from './log/operations.ts'
import type { MethodShown } from './method-shown.ts'
import { PauseMethod } from './pause-method.tsx'
import { Tokens } from './tokens.tsx'

/** A saved method: how the directory is, its tokens, and what can be set. */
export function MethodPanel({ method, token, mayManage, onGiven }: OneMethodProps) {
  return (
    <div className="beside">
      <Stack gap="md">
        <Part title="Connection">
          <FirstRequest method={method} />
          <CopyField label="URL" value={method.baseUrl} />
          {token !== null && <ShownToken token={token} />}
          <Figures method={method} />
          {mayManage && <PauseMethod method={method} />}
        </Part>
        <Part title="Tokens">
          <Tokens method={method} mayManage={mayManage} onGiven={onGiven} />
        </Part>
        <MethodSafety methodId={method.methodId} mayManage={mayManage} />
        <Part title="E-mail addresses">
          <EmailPolicyChoice method={method} mayManage={mayManage} />
        </Part>
      </Stack>
      <Guide baseUrl={method.baseUrl} token={token} isDraft={false} />
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper component="section" aria-label={title} withBorder radius="md" p="lg">
      <Stack>
        <Title order={2} size="h4">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  )
}

function Figures({ method: { state, nodeId, lastContact, lastDay, lastWeek, savedAt } }: { method: MethodShown }) {
  return (
    <Facts
      facts={{
        State: <StateBadge state={state} />,
        'Last contact':
          lastContact === null ? (
            'never'
          ) : (
            <>
              <TimeAgo at={lastContact.at} /> ({operationWords(lastContact.operation)})
            </>
          ),
        'Last 24 hours': <Counted nodeId={nodeId} {...lastDay} />,
        'Last 7 days': <Counted nodeId={nodeId} {...lastWeek} />,
        Saved: savedAt === null ? undefined : <TimeAgo at={savedAt} />,
        'Every request': (
          <Go to="/provisioning" search={{ tab: 'log', node: nodeId }}>
            Provisioning log
          </Go>
        ),
      }}
    />
  )
}

function Counted({ nodeId, operations, failures }: { nodeId: string; operations: number; failures: number }) {
  return (
    <>
      {operations === 1 ? '1 request' : `${operations.toLocaleString('en')} requests`},{' '}
      {failures === 0 ? (
        'none failed'
      ) : (
        <Go to="/provisioning" search={{ tab: 'log', node: nodeId, result: 'failed' }}>
          {failures.toLocaleString('en')} failed
        </Go>
      )}
    </>
  )
}
