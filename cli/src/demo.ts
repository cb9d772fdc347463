import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stepText, summaryText } from '@claviger/directory-simulator/report.ts'
import { readScenario } from '@claviger/directory-simulator/scenario-files.ts'
import { runScenario } from '@claviger/directory-simulator/scenario-run.ts'
import { type Config, readConfig } from '@claviger/server/config.ts'
import { addNode } from '@claviger/server/nodes/nodes.ts'
import { write } from '@claviger/server/storage/write.ts'
import type { Command } from 'commander'
import { EXIT_FAILED, EXIT_OK } from './exit.ts'
import { freePort } from './free-port.ts'
import { initialise } from './init.ts'
import { addToNode } from './method.ts'
import { printable, say } from './output.ts'
import { rememberAddress } from './serving-address.ts'
import { ACTOR, type OpenStore } from './store.ts'

const SCENARIO = fileURLToPath(new URL('demo-scenario.json', import.meta.url))

/** Adds `demo`. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('a throw-away installation on this machine, provisioned as Okta does it; nothing of it stays')
    .option('--exit', 'end once it is provisioned, instead of serving until Ctrl-C')
    .action(demo)
}

async function demo({ exit = false }: { exit?: boolean }) {
  const told = exit ? Promise.resolve() : stopSignal()
  const folder = mkdtempSync(join(tmpdir(), 'claviger-demo-'))
  try {
    // An environment of its own: a demo must not reach the store or the mail server of a real installation.
    const config = readConfig({}, { data: folder, port: await freePort(), logLevel: 'error' })
    // Loaded here alone, as in serve.ts.
    const [{ startServer }, { createLogger }] = await Promise.all([
      import('@claviger/server/server.ts'),
      import('@claviger/server/http/logging.ts'),
    ])
    const server = await startServer(config, createLogger(config.logLevel, process.stderr))
    try {
      rememberAddress(config)
      process.exitCode = await provision({ db: server.db, config, at: Date.now() }, exit)
      await told
    } finally {
      await server.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  await say('', 'The demo is over; its store is removed.')
}

/** @returns the exit code */
async function provision(store: OpenStore, ends: boolean): Promise<number> {
  const { db, config, at } = store
  await say(`A throw-away Claviger serves ${config.publicUrl}.`, '')
  const { setupUrl } = await initialise(store, 'Example Ltd', 'admin@claviger-demo.example.com')
  const node = await write(db, (trx) => addNode(trx, { name: 'Staff', parentId: null }, ACTOR, at))
  const { baseUrl, token } = await addToNode(store, { nodeId: node.id, draft: false })
  await say('Made the enterprise Example Ltd, the node Staff and its SCIM method. Now a directory comes, as Okta does:', '')
  const onStep = (step: Parameters<typeof stepText>[0]) => void process.stdout.write(`${linesOf(stepText(step))}\n`)
  const report = await runScenario(readScenario(SCENARIO), { baseUrl, token, waits: false }, { onStep })
  await say('', ...summaryText(report).split('\n'))
  if (!ends) await say(...placesToLook(config, node.id, { setupUrl, baseUrl, token }))
  return report.ok ? EXIT_OK : EXIT_FAILED
}

function placesToLook({ publicUrl, dataFolder }: Config, nodeId: string, made: { setupUrl: string; baseUrl: string; token: string }) {
  const place = `--node ${nodeId} --data ${dataFolder}`
  return [
    '',
    'Look at it, in another terminal:',
    `  claviger users list ${place}`,
    `  claviger teams list ${place}`,
    `  claviger log --follow ${place}`,
    'Be the directory yourself:',
    `  claviger okta assign kay@claviger-demo.example.com --url ${made.baseUrl} --token ${made.token}`,
    `In the browser:  ${publicUrl}`,
    `Set up:          ${made.setupUrl}`,
    '',
    'Ctrl-C ends the demo and removes everything.',
  ]
}

function linesOf(text: string) {
  return text.split('\n').map(printable).join('\n')
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
