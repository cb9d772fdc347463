import { AppError } from '../errors.ts'

/** Directories try again after this many seconds. */
const PAUSE_SECONDS = 300

/** The answer of a method that an administrator has paused. */
export function pausedByAdministrator(): AppError {
  return paused(
    'The provisioning method is paused: nothing was changed. Resume it in the Admin Console (or: claviger method resume).',
    undefined,
  )
}

/** The answer to what would take something from more people than the limits allow. */
export function heldByLimits(): AppError {
  return paused(
    'Claviger has paused this directory, because it would take access from more people than its limits allow within their window. ' +
      'This change was not applied: it is held until an administrator of Claviger applies or rejects it. ' +
      'If so many removals were not intended, correct the assignments here first.',
    'Look at what is held under the provisioning method in the Admin Console (or: claviger method held), and apply or reject it.',
  )
}

/** The answer to everything else while the limits have paused a method. */
export function pausedByLimits(): AppError {
  return paused(
    'Claviger has paused this directory, because it would take access from more people than its limits allow. Nothing was changed, ' +
      'and this can be sent again: it is answered once an administrator of Claviger has applied or rejected what is held.',
    'Look at what is held under the provisioning method in the Admin Console (or: claviger method held), and apply or reject it.',
  )
}

/** The answer to what observe mode has written down. */
export function observedOnly(): AppError {
  return paused(
    'Claviger only observes this directory: it has written down what this change would do, and applied nothing. ' +
      'It can be sent again, and is applied once an administrator of Claviger turns "Observe only" off (or: claviger method safety --observe off).',
    undefined,
  )
}

function paused(message: string, advice: string | undefined): AppError {
  return new AppError('paused', message, { retryAfter: PAUSE_SECONDS, ...(advice !== undefined && { advice }) })
}
