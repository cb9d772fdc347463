import type { LogWriter } from '../log/append.ts'
import type { Approver } from './approver.ts'

/** An approver as one who appends to the log. */
export function logWriterOf(approver: Approver): LogWriter {
  return {
    author: approver.author('approver'),
    refresh: () => approver.refresh(),
    get connection() {
      return approver.connection
    },
    get state() {
      return approver.state
    },
  }
}
