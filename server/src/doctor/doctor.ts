import { existsSync } from 'node:fs'
import { type Config, unknownVariables } from '../config.ts'
import { storeAnswers } from '../http/health.ts'
import { explainConnectFailure } from '../storage/connect-failure.ts'
import type { Db } from '../storage/database.ts'
import { closeDatabase, isPostgres, openDatabase } from '../storage/open.ts'
import { type Finding, fail } from './finding.ts'
import { checkFolder, checkNode, checkSettings } from './machine.ts'
import { checkMailServer, checkPublicUrl } from './network.ts'
import { checkMethods, checkOutbox } from './provisioning.ts'
import { checkStore } from './store.ts'

const STORE_WITHIN_MILLIS = 10_000

/**
 * Looks at an installation from the machine up: Node, settings, folder and disk, store, address, mail, methods and their
 * tokens. Changes nothing, sends nothing. A check that breaks is a finding too.
 */
export async function runDoctor(config: Config): Promise<Finding[]> {
  const embedded = !isPostgres(config.storeLocation)
  const machine = [checkNode(process.versions.node), checkSettings(unknownVariables()), ...(embedded ? checkFolder(config) : [])]
  const [store, address, mail] = await Promise.all([
    embedded && !existsSync(config.storeLocation) ? [noStore(config.storeLocation)] : checkOpenStore(config.storeLocation),
    checkPublicUrl(config),
    checkMailServer(config),
  ])
  return [...machine, ...store, ...address, mail]
}

async function checkOpenStore(location: string): Promise<Finding[]> {
  let db: Db | undefined
  try {
    db = await openDatabase(location)
    await storeAnswers(db, STORE_WITHIN_MILLIS)
    const now = Date.now()
    return [...(await checkStore(db)), ...(await checkMethods(db, now)), await checkOutbox(db, now)]
  } catch (error) {
    const explained = explainConnectFailure(error)
    const words = explained instanceof Error ? explained.message : String(explained)
    return [fail('store', `the store cannot be read: ${words}`, 'correct that, then look again')]
  } finally {
    if (db) await closeDatabase(db)
  }
}

function noStore(path: string) {
  return fail(
    'store',
    `there is no store at ${path}`,
    'start the server once, run `claviger init`, or say where the store is with --data (CLAVIGER_DATA)',
  )
}
