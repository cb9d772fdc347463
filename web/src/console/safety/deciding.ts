import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, useAct } from '../../worker/ask.ts'
import type { AnswerOf, InputOf } from '../../worker/routes.ts'
import { refreshes } from './safety-words.ts'

type Applied = AnswerOf<'applyHeld'>

/** Applies what is held, as often as the server wants to be asked. `done`: how many are done so far, while it runs. */
export function useApplyHeld() {
  const queries = useQueryClient()
  const [done, setDone] = useState(0)
  const applying = useMutation({
    mutationFn: async (input: InputOf<'applyHeld'>): Promise<Applied> => {
      const sum = { applied: 0, failed: 0 }
      setDone(0)
      for (;;) {
        const { applied, failed, left, unseen } = await ask('applyHeld', input)
        sum.applied += applied
        sum.failed += failed
        setDone(sum.applied + sum.failed)
        if (left === 0) return { ...sum, left, unseen }
      }
    },
    onSettled: () => Promise.all(refreshes.map((refreshed) => queries.invalidateQueries({ queryKey: [refreshed] }))),
  })
  return { applying, done }
}

/** Drops what is held. */
export function useRejectHeld() {
  return useAct('rejectHeld', refreshes)
}
