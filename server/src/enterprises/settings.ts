import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { textKey } from '../storage/text-key.ts'

/** What holds for a whole enterprise. */
export interface EnterpriseSettings {
  enterpriseName: string
  retentionDays: number
  invitationDays: number
  showNames: boolean
}

const DAY: Millis = 24 * 60 * 60 * 1000

/** The settings of an enterprise. */
export async function readSettings(db: Db, enterpriseId: string): Promise<EnterpriseSettings> {
  const row = await db
    .selectFrom('enterprises')
    .select(['name', 'retention_ms', 'invitation_ms', 'show_names'])
    .where('id', '=', enterpriseId)
    .executeTakeFirstOrThrow()
  return {
    enterpriseName: row.name,
    retentionDays: Math.round(row.retention_ms / DAY),
    invitationDays: Math.round(row.invitation_ms / DAY),
    showNames: row.show_names === 1,
  }
}

/** Whether first and last names are shown to administrators (story 8). */
export async function showsNames(db: Db, enterpriseId: string): Promise<boolean> {
  return (await readSettings(db, enterpriseId)).showNames
}

/**
 * Changes the settings that are given; the same again changes nothing. Invitations that went out keep their term.
 * @throws AppError `conflict` where another enterprise of the installation has the name
 */
export async function changeSettings(
  trx: Trx,
  enterpriseId: string,
  wanted: { readonly [Key in keyof EnterpriseSettings]?: EnterpriseSettings[Key] | undefined },
  actor: string,
  at: Millis,
): Promise<EnterpriseSettings> {
  // Held against another who changes them: what is not given stays as it is, not as it was.
  await trx
    .updateTable('enterprises')
    .set((eb) => ({ name: eb.ref('name') }))
    .where('id', '=', enterpriseId)
    .execute()
  const before = await readSettings(trx, enterpriseId)
  const after: EnterpriseSettings = {
    enterpriseName: wanted.enterpriseName?.trim() ?? before.enterpriseName,
    retentionDays: wanted.retentionDays ?? before.retentionDays,
    invitationDays: wanted.invitationDays ?? before.invitationDays,
    showNames: wanted.showNames ?? before.showNames,
  }
  const changed = settingNames.filter((name) => before[name] !== after[name])
  if (changed.length === 0) return before
  if (changed.includes('enterpriseName')) await refuseSameName(trx, enterpriseId, after.enterpriseName)
  await trx
    .updateTable('enterprises')
    .set({
      name: after.enterpriseName,
      retention_ms: after.retentionDays * DAY,
      invitation_ms: after.invitationDays * DAY,
      show_names: after.showNames ? 1 : 0,
    })
    .where('id', '=', enterpriseId)
    .execute()
  const detail = Object.fromEntries(changed.map((name) => [name, { from: before[name], to: after[name] }]))
  await record(trx, { enterpriseId, at, actor, action: 'enterprise.changed', subjectKind: 'enterprise', subjectId: enterpriseId, detail })
  await announce(trx, { enterpriseId, kind: 'enterprise', subjectId: enterpriseId, at })
  return after
}

const settingNames = ['enterpriseName', 'retentionDays', 'invitationDays', 'showNames'] as const

async function refuseSameName(trx: Trx, enterpriseId: string, wanted: string): Promise<void> {
  const others = await trx.selectFrom('enterprises').select('name').where('id', '!=', enterpriseId).execute()
  const same = others.find(({ name }) => textKey(name) === textKey(wanted))
  if (same) throw new AppError('conflict', `Another enterprise of this installation is named ${same.name}: choose another name.`)
}
