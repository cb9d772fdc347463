import { AppError } from '../errors.ts'

const LONGEST_NAME = 200

/** The name without spaces around it. @throws AppError `invalid_value` where it is empty or longer than 200 characters. */
export function readTeamName(name: string): string {
  const trimmed = name.trim()
  if (trimmed === '') throw new AppError('invalid_value', 'displayName must not be empty: a team needs a name.')
  if (trimmed.length > LONGEST_NAME) {
    throw new AppError('invalid_value', `displayName has ${trimmed.length} characters; a team's name has at most ${LONGEST_NAME}.`)
  }
  return trimmed
}

/** The refusal of a name that another team of the node has. */
export function nameTaken(name: string, cause?: unknown) {
  return new AppError('uniqueness', `This node has a team named "${name}" already (upper and lower case count as the same).`, {
    cause,
    advice: 'Link the group to the existing team in the directory, or give it another name.',
  })
}
