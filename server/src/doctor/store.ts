import type { Db } from '../storage/database.ts'
import { damageOf, databaseTime, describeEngine, durabilitySettings, migrationState } from '../storage/inspect.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const CLOCK_MILLIS = 5_000

/** The database itself: up to date, whole, and set so that nothing that was answered is lost. */
export async function checkStore(db: Db): Promise<Finding[]> {
  const reached = ok('store', `${await describeEngine(db)} answers`)
  return [reached, await checkMigrations(db), ...(await checkDurability(db)), await checkDamage(db), await checkClock(db)]
}

async function checkMigrations(db: Db): Promise<Finding> {
  const { missing, unknown } = await migrationState(db)
  if (unknown.length > 0) return fail('tables', 'the store was written by a newer version', 'run that version, or restore a backup')
  if (missing.length > 0) return warn('tables', `${missing.join(', ')} did not run yet`, 'run `claviger migrate`, or restart the server')
  return ok('tables', 'the tables are those of this version')
}

async function checkDurability(db: Db): Promise<Finding[]> {
  const settings = await durabilitySettings(db)
  const unsafe = settings.filter(({ isSafe }) => !isSafe)
  if (unsafe.length === 0) return [ok('durability', settings.map(({ name, value }) => `${name} = ${value}`).join(', '))]
  return unsafe.map(({ name, value }) =>
    fail('durability', `${name} is ${value}: changes that were answered can be lost in a power cut`, `set ${name} to on in the database`),
  )
}

async function checkDamage(db: Db): Promise<Finding> {
  const damage = await damageOf(db)
  if (damage.length === 0) return ok('integrity', 'no damage was found')
  return fail(
    'integrity',
    `the store is damaged: ${damage.join('; ')}`,
    'stop the server, keep a copy of the file, and restore the last backup',
  )
}

async function checkClock(db: Db): Promise<Finding> {
  const theirs = await databaseTime(db)
  const apart = theirs === undefined ? 0 : Math.abs(theirs - Date.now())
  if (apart < CLOCK_MILLIS) return ok('clock', 'this machine and the database agree on the time')
  return warn(
    'clock',
    `the clocks of this machine and of the database are ${Math.round(apart / 1000)} s apart`,
    'keep both by NTP: tokens and invitations expire by them',
  )
}
