import { AppError } from '@claviger/server/errors.ts'
import { version } from '@claviger/server/version.ts'
import { Command, CommanderError } from 'commander'
import { EXIT_OK, EXIT_USAGE } from './exit.ts'
import { EXIT_BUG, exitCode } from './exit-code.ts'
import { groupsFor } from './groups.ts'
import { printable } from './output.ts'
import { refusalText } from './refusal.ts'

/** Runs the command that these words are, of a `process.argv`; what became of it is in `process.exitCode`. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  try {
    const program = await commands(argv[2])
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = fail(error)
  }
}

async function commands(word: string | undefined): Promise<Command> {
  const program = new Command('claviger')
  program
    .description('Claviger: a team vault whose people and teams come from your directory')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => process.stdout.write(text), writeErr: (text) => process.stderr.write(text) })
    .showHelpAfterError('(--help shows what there is)')
  for (const add of await Promise.all(groupsFor(word).map(({ load }) => load()))) add(program)
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
