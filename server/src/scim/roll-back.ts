import type { Scope } from '../nodes/scope.ts'
import type { Db } from '../storage/database.ts'
import { write } from '../storage/write.ts'
import type { Operation, Outcome } from './outcome.ts'

/** Ends a transaction without a trace of the operation in it, and keeps what the operation would have done. */
export class RolledBack extends Error {
  override name = 'RolledBack'
  readonly outcome: Outcome
  constructor(outcome: Outcome) {
    super('the operation was rolled back')
    this.outcome = outcome
  }
}

/** What an operation would do. Nothing of it stays. @throws AppError where it would be refused */
export async function tryOut(db: Db, scope: Scope, operation: Operation): Promise<Outcome> {
  try {
    return await write(db, async (trx) => {
      throw new RolledBack(await operation(trx, scope))
    })
  } catch (error) {
    if (error instanceof RolledBack) return error.outcome
    throw error
  }
}
