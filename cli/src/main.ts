import { EXIT_OK } from './exit.ts'
import { runCommand } from './run-command.ts'

process.stdout.on('error', endQuietly)
await runCommand(process.argv)

/** Whoever read our output has seen enough (`| head`). */
function endQuietly(error: Error) {
  if ('code' in error && error.code === 'EPIPE') process.exit(EXIT_OK)
  throw error
}
