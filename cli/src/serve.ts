import type { Flags } from '@claviger/server/config.ts'
import type { Command } from 'commander'
import { rememberAddress } from './serving-address.ts'
import { settingsOf } from './store.ts'

/** Adds `serve`. Secrets have no option here, but for the store's: others on the machine can read a command line. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('serve people and directories')
    .option('--port <n>', 'the port to listen on (CLAVIGER_PORT, 8080)')
    .option('--host <address>', 'the address to listen on (CLAVIGER_HOST, 127.0.0.1)')
    .option('--public-url <url>', 'where browsers and directories reach the server (CLAVIGER_PUBLIC_URL)')
    .option('--data <dir>', 'the folder of the embedded store (CLAVIGER_DATA, ./data)')
    .option('--database-url <url>', 'a PostgreSQL store instead (CLAVIGER_DATABASE_URL)')
    .option('--mail-from <address>', 'the sender of invitations (CLAVIGER_MAIL_FROM)')
    .option('--scim-rate <n>', 'requests a second that one token may make, 0 for no limit (CLAVIGER_SCIM_RATE)')
    .option('--trust-proxy <whom>', 'the proxies in front: their number, or their addresses (CLAVIGER_TRUST_PROXY)')
    .option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent (CLAVIGER_LOG_LEVEL)')
    .addHelpText('after', '\nEvery setting has a CLAVIGER_ variable; options win.')
    .action(run)
}

async function run(options: Flags) {
  const config = settingsOf(options)
  // The HTTP side takes as long to load as all else together, so only the commands that serve load it.
  const { serve } = await import('@claviger/server/main.ts')
  const forget = rememberAddress(config)
  try {
    await serve(config)
  } catch (error) {
    forget()
    throw error
  }
}
