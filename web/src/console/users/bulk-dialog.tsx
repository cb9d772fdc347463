import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { BulkResult } from './bulk-result.tsx'
import { bulkWords, usersText } from './bulk-words.ts'
import { type BulkAct, type BulkReport, findTargets, runBulk, type Target } from './run-bulk.ts'
import type { UserQuery } from './user-filters.tsx'

interface BulkDialogProps {
  readonly act: BulkAct
  readonly chosen: readonly Target[]
  readonly all: { readonly query: UserQuery; readonly total: number } | null
  readonly onClose: () => void
  /** Called on closing after something was done. */
  readonly onDone: () => void
}

type Step =
  | { readonly name: 'ask'; readonly error: unknown }
  | { readonly name: 'find' | 'act'; readonly at: number; readonly of: number; readonly verb: string }
  | { readonly name: 'over'; readonly report: BulkReport; readonly isUndone: boolean }

/** Asks, does it batch by batch in sight, says what became of everybody, and takes it back where that can be. */
export function BulkDialog({ act, chosen, all, onClose, onDone }: BulkDialogProps) {
  const count = all === null ? chosen.length : all.total
  const { verb, before } = bulkWords[act]
  const { step, start, run, stop } = useBulk(act, chosen, all)
  const close = () => {
    stop()
    onClose()
    if (step.name === 'over') onDone()
  }
  return (
    <Dialog title={`${verb}: ${usersText(count)}`} opened onClose={close} size="lg">
      {step.name === 'ask' && (
        <Stack>
          <Text>{before}</Text>
          <Failure error={step.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button {...(act === 'lock' && { color: 'red' })} onClick={start} data-autofocus>
              {verb} {act === 'resend' ? `for ${usersText(count)}` : usersText(count)}
            </Button>
          </Group>
        </Stack>
      )}
      {(step.name === 'find' || step.name === 'act') && (
        <Stack>
          <Text role="status">
            {step.name === 'find' ? 'Looking up who matches' : step.verb}: {step.at} of {step.of}
          </Text>
          <Progress value={step.of === 0 ? 0 : (100 * step.at) / step.of} aria-label="Progress" />
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              Stopping keeps what is done already.
            </Text>
            <Button variant="default" onClick={stop}>
              Stop
            </Button>
          </Group>
        </Stack>
      )}
      {step.name === 'over' && (
        <BulkResult
          report={step.report}
          isUndone={step.isUndone}
          onConfirm={() => run(act, step.report.toConfirm, true, false)}
          onUndo={(undo) => run(undo, step.report.done, true, true)}
          onClose={close}
        />
      )}
    </Dialog>
  )
}

/** The steps of a run, and what moves it on. */
function useBulk(act: BulkAct, chosen: readonly Target[], all: BulkDialogProps['all']) {
  const queries = useQueryClient()
  const [step, setStep] = useState<Step>({ name: 'ask', error: null })
  const stopping = useRef(new AbortController())

  const restart = () => {
    stopping.current = new AbortController()
    return stopping.current.signal
  }

  /** `signal`: of the look-up before it, so that a stop between the two is not lost. */
  const run = async (wanted: BulkAct, targets: readonly Target[], confirm: boolean, isUndo: boolean, signal = restart()) => {
    const progress = (at: number) => setStep({ name: 'act', at, of: targets.length, verb: isUndo ? 'Undoing' : bulkWords[wanted].verb })
    progress(0)
    const report = await runBulk(wanted, targets, confirm, signal, progress)
    setStep({ name: 'over', report, isUndone: isUndo })
    await Promise.all(['listUsers', 'readOverview'].map((name) => queries.invalidateQueries({ queryKey: [name] })))
  }

  const start = async () => {
    const signal = restart()
    try {
      const found = (at: number) => setStep({ name: 'find', at, of: all?.total ?? 0, verb: '' })
      if (all !== null) found(0)
      await run(act, all === null ? chosen : await findTargets(all.query, signal, found), false, false, signal)
    } catch (error) {
      setStep({ name: 'ask', error: signal.aborted ? null : error })
    }
  }
  return {
    step,
    start: () => void start(),
    run: (...given: Parameters<typeof run>) => void run(...given),
    stop: () => stopping.current.abort(),
  }
}
