import { runDoctor } from '@claviger/server/doctor/doctor.ts'
import type { Finding } from '@claviger/server/doctor/finding.ts'
import type { Command } from 'commander'
import { EXIT_FAILED } from './exit.ts'
import { say, writeJson } from './output.ts'
import { addLinkOptions, type StoreOptions, settingsOf } from './store.ts'

/** Adds `doctor`. */
export function addDoctorCommand(program: Command): void {
  addLinkOptions(program.command('doctor'))
    .description('look at settings, store, disk, address, mail server and tokens, and say what to do; changes nothing')
    .action(run)
}

/** Ends with 1 where something is broken; what only deserves a look does not count. */
async function run(options: StoreOptions) {
  const findings = await runDoctor(settingsOf(options))
  if (findings.some(({ outcome }) => outcome === 'fail')) process.exitCode = EXIT_FAILED
  if (options.json) return writeJson(findings)
  await say(...findings.flatMap(linesOf))
}

function linesOf({ check, outcome, words, advice }: Finding): string[] {
  return [`${outcome.padEnd(5)} ${check}: ${words}`, ...(advice === undefined ? [] : [`      → ${advice}`])]
}
