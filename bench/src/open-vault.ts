import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import { setUp } from '@claviger/client/account/set-up.ts'
import { BareAes } from '@claviger/client/keys/testing-vault.ts'
import { openVault as open, type Vault } from '@claviger/client/vault/vault.ts'
import { median, medianRatio, type Row } from './figures.ts'
import { blankFile, copyOf, startProduct } from './product.ts'
import { setupToken } from './setup-token.ts'
import type { Topic } from './topic.ts'
import { say, type Workshop } from './workshop.ts'

const RECORDS = 10_000
const CHANGED = 10
/** A key and a `meta` of each record. */
const OPERATIONS = 2 * RECORDS
const META_BYTES = 150
const PASSWORD = 'terrapin vukeluwa 47 obibu'

/** What a person waits for: a vault of many records opened over loopback, from the first request to the last title; then what changed. */
export const openVault: Topic = async ({ workshop, sizes: { rounds } }) => {
  say(`vault: ${RECORDS} records`)
  const account = await newAccount(workshop)
  const writer = await open(account)
  const folder = await writer.addFolder('Everything')
  const records = Array.from({ length: RECORDS }, (_, n) => ({
    meta: { type: 'login' as const, title: `Record ${n}`, hint: `person-${n}@example.com`, urls: ['https://example.com'] },
    body: { type: 'login' as const, password: `password ${n}` },
  }))
  const [written] = await timed(() => writer.addRecords(folder.folderId, records))
  const bare = await BareAes.of(META_BYTES)
  const turns: { ours: number; floor: number; delta: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const [floor] = await timed(() => bare.decrypt(OPERATIONS))
    const [ours, vault] = await timed(() => open(account))
    if (vault.records().length !== RECORDS || vault.refused().length > 0) throw new Error('the vault did not open whole')
    await change(writer)
    const [delta] = await timed(() => vault.sync())
    turns.push({ ours, floor, delta })
  }
  return [
    {
      name: 'vault-open',
      what: `a vault of ${RECORDS.toLocaleString('en-GB')} records opened over loopback, every title, against ${OPERATIONS.toLocaleString('en-GB')} bare AES-GCM decryptions`,
      figure: { value: median(turns.map(({ ours }) => ours)) / 1000, unit: 's' },
      floor: { value: median(turns.map(({ floor }) => floor)) / 1000, unit: 's' },
      ratio: medianRatio(turns),
      reach: { atMost: 3, of: 'figure' },
      note: `written in ${(written / 1000).toFixed(1)} s`,
    },
    {
      name: 'vault-sync',
      what: `the same vault, open already, takes over ${CHANGED} changed records`,
      figure: { value: median(turns.map(({ delta }) => delta)), unit: 'ms' },
    },
  ] satisfies Row[]
}

async function change(vault: Vault): Promise<void> {
  for (const { recordId } of vault.records().slice(0, CHANGED)) {
    const { meta, body, ...before } = await vault.read(recordId)
    await vault.saveRecord({ ...before, meta, body }, { meta, body: { ...body, notes: `changed ${Date.now()}` } })
  }
}

/** Ada's, on a server of her own in a process of its own. */
async function newAccount(workshop: Workshop) {
  const blank = await blankFile(workshop)
  const location = copyOf(blank, workshop)
  const token = await setupToken(location)
  const { port } = await startProduct(workshop, blank, location)
  const origin = `http://127.0.0.1:${port}`
  const { account } = await setUp({ origin, token, password: PASSWORD, store: memoryProfileStore(), deviceName: 'Bench', exportable: true })
  return account
}

async function timed<T>(work: () => Promise<T>): Promise<[millis: number, T]> {
  const begin = performance.now()
  const value = await work()
  return [performance.now() - begin, value]
}
