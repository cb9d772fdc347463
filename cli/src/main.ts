import { AppError } from '@claviger/server/errors.ts'
import { version } from '@claviger/server/version.ts'
import { Command, CommanderError } from 'commander'
import { addAccountCommands } from './account.ts'
import { addAccountChangeCommands } from './account-change.ts'
import { addApproveCommand } from './approve.ts'
import { addAutomatorCommands } from './automator.ts'
import { addBackupCommands } from './backup.ts'
import { addDemoCommand } from './demo.ts'
import { addDeviceRequestCommand } from './device-request.ts'
import { addDevicesCommands } from './devices.ts'
import { addDirectoryCommands, EXIT_OK, EXIT_USAGE } from './directory.ts'
import { addDoctorCommand } from './doctor.ts'
import { EXIT_BUG, exitCode } from './exit-code.ts'
import { addFolderCommands } from './folder.ts'
import { addInitCommand } from './init.ts'
import { addLogCommand } from './log.ts'
import { addMethodCommands } from './method.ts'
import { addMigrateCommand } from './migrate.ts'
import { addNodeCommands } from './node.ts'
import { addNoticesCommand } from './notices.ts'
import { printable } from './output.ts'
import { addPendingCommand } from './pending.ts'
import { addPolicyCommand } from './policy.ts'
import { addRecordCommands } from './record.ts'
import { addRecoverUserCommands } from './recover-user.ts'
import { refusalText } from './refusal.ts'
import { addSecondFactorCommands } from './second-factor.ts'
import { addServeCommand } from './serve.ts'
import { addTeamsCommands } from './teams.ts'
import { addUsersCommands } from './users.ts'
import { addWatchCommand } from './watch.ts'
import { addWordsCommand } from './words.ts'

process.stdout.on('error', endQuietly)
await run(process.argv)

async function run(argv: readonly string[]): Promise<void> {
  try {
    await commands().parseAsync(argv)
  } catch (error) {
    process.exitCode = fail(error)
  }
}

function commands(): Command {
  const program = new Command('claviger')
  program
    .description('Claviger: a team vault whose people and teams come from your directory')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')
  addServeCommand(program)
  addInitCommand(program)
  addNodeCommands(program)
  addMethodCommands(program)
  addUsersCommands(program)
  addTeamsCommands(program)
  addLogCommand(program)
  addAccountCommands(program)
  addAccountChangeCommands(program)
  addSecondFactorCommands(program)
  addDevicesCommands(program)
  addDeviceRequestCommand(program)
  addNoticesCommand(program)
  addRecoverUserCommands(program)
  addPendingCommand(program)
  addRecordCommands(program)
  addFolderCommands(program)
  addWordsCommand(program)
  addWatchCommand(program)
  addAutomatorCommands(program)
  addApproveCommand(program)
  addPolicyCommand(program)
  addBackupCommands(program)
  addMigrateCommand(program)
  addDoctorCommand(program)
  addDemoCommand(program)
  addDirectoryCommands(program)
  return program
}

/** Says on standard error what went wrong. @returns the exit code */
function fail(error: unknown): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
  if (error instanceof AppError) {
    const lines = [error.message, error.advice ?? ''].flatMap((text) => text.split('\n')).filter((line) => line !== '')
    process.stderr.write(`error: ${lines.map(printable).join('\n')}\n`)
    return exitCode(error.code)
  }
  const refusal = refusalText(error)
  if (refusal) {
    process.stderr.write(`error: ${refusal.lines.map(printable).join('\n')}\n`)
    return refusal.exit
  }
  process.stderr.write(`error: this is a bug of Claviger ${version}; please report it with what follows.\n`)
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  return EXIT_BUG
}

/** Whoever read our output has seen enough (`| head`). */
function endQuietly(error: Error) {
  if ('code' in error && error.code === 'EPIPE') process.exit(EXIT_OK)
  throw error
}
