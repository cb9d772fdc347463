import { ApiError } from '../api/call.ts'
import type { Approver } from './approver.ts'

/** Others approve at the same time; so often one of them can come first. */
const TRIES = 5

/** Does something that the server refuses where log, team or folders changed meanwhile: then the log is read on, and it is done anew. */
export async function againOnConflict<T>(approver: Approver, act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'conflict' || tries === TRIES) throw error
      await approver.refresh()
    }
  }
}
