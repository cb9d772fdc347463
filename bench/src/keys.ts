import { asGranter } from '@claviger/client/keys/grants.ts'
import type { Identity } from '@claviger/client/keys/identity.ts'
import { finishRegistration, finishSignIn, startRegistration, startSignIn } from '@claviger/client/keys/opaque.ts'
import { certifiedUser } from '@claviger/client/keys/recipients.ts'
import { grantTeamKey, makeTeamKey, publishTeamKey } from '@claviger/client/keys/team-key.ts'
import { addMember, append, foundEnterprise, NOON } from '@claviger/client/keys/testing-enterprise.ts'
import { TestOpaqueServer } from '@claviger/client/keys/testing-opaque-server.ts'
import { BareAes, makeVault, openTitles, rotate } from '@claviger/client/keys/testing-vault.ts'
import { newId } from '@claviger/client/new-id.ts'
import { TeamId } from '@claviger/contract/ids.ts'
import { median, medianRatio, type Row } from './figures.ts'
import { bareGrants, bareSignIns } from './floors/bare-keys.ts'
import type { Topic } from './topic.ts'
import { say } from './workshop.ts'

/** The sizes for which the goals are set. */
const MEMBERSHIPS = 500
const RECORDS = 10_000
const FIRST_TITLES = 100
/** A record has a wrap of its key and a `meta`; moving one into the next epoch opens a wrap and makes one. */
const OPERATIONS = 2 * RECORDS
const META_BYTES = 100
const KEY_BYTES = 32
const SIGN_INS = 100
const PASSWORD = 'terrapin vukeluwa 47 obibu'

/** What clients do with keys, and the server with passwords, against the bare operations of the platform; in this process. */
export const keys: Topic = async ({ sizes: { rounds } }) => {
  say(`keys: ${MEMBERSHIPS} certified users, ${RECORDS} records`)
  return [await approvals(rounds), ...(await openings(rounds)), await rotations(rounds), await signIns(rounds)]
}

async function approvals(rounds: number): Promise<Row> {
  const enterprise = await foundEnterprise()
  const team = await makeTeamKey(enterprise.state, newId(TeamId))
  await append(enterprise, publishTeamKey(team))
  const people: Identity[] = []
  for (let n = 0; n < MEMBERSHIPS; n++) people.push(await addMember(enterprise, `person-${n}@example.com`))
  const { ada, state } = enterprise
  const ours = () =>
    Promise.all(people.map((person) => grantTeamKey(state, team, certifiedUser(state, person.userId, person.public), asGranter(ada), NOON)))
  const bare = await bareGrants()
  return {
    name: 'keys-approve',
    what: `a client admits ${MEMBERSHIPS} people to a team: certificates looked up in the log it verified, keys granted; against bare X25519, HKDF, AES-GCM and Ed25519`,
    ...compared(await takeTurns(rounds, { ours, floor: () => bare(MEMBERSHIPS) }), 's'),
    reach: { atMost: 2, of: 'figure' },
  }
}

async function openings(rounds: number): Promise<Row[]> {
  const [vault, bare] = [await makeVault(RECORDS), await BareAes.of(META_BYTES)]
  const first = { ours: () => openTitles(vault, 0, FIRST_TITLES), floor: () => bare.decrypt(2 * FIRST_TITLES) }
  const all = { ours: () => openTitles(vault, 0, RECORDS), floor: () => bare.decrypt(OPERATIONS) }
  const records = RECORDS.toLocaleString('en-GB')
  return [
    {
      name: 'keys-first',
      what: `the first ${FIRST_TITLES} titles of a vault of ${records} records, key and title of each opened, against ${2 * FIRST_TITLES} bare AES-GCM decryptions`,
      ...compared(await takeTurns(rounds, first), 'ms'),
      reach: { atMost: 500, of: 'figure' },
    },
    {
      name: 'keys-open',
      what: `all titles of that vault, against ${OPERATIONS.toLocaleString('en-GB')} bare AES-GCM decryptions`,
      ...compared(await takeTurns(rounds, all), 's'),
      reach: { atMost: 3, of: 'figure' },
    },
  ]
}

async function rotations(rounds: number): Promise<Row> {
  const [vault, bare] = [await makeVault(RECORDS), await BareAes.of(KEY_BYTES)]
  const floor = async () => {
    await bare.decrypt(RECORDS)
    await bare.encrypt(RECORDS)
  }
  return {
    name: 'keys-rotate',
    what: `the keys of ${RECORDS.toLocaleString('en-GB')} records into the next epoch of their folder, against ${OPERATIONS.toLocaleString('en-GB')} bare AES-GCM operations`,
    ...compared(await takeTurns(rounds, { ours: () => rotate(vault), floor }), 's'),
    reach: { atMost: 5, of: 'figure' },
  }
}

/** The server's first answer and its last check, each many times for the same client: the client's own part would hide them. */
async function signIns(rounds: number): Promise<Row> {
  const [{ ada, state }, server] = [await foundEnterprise(), await TestOpaqueServer.open()]
  const owner = { enterprise: state.enterprise, userId: ada.userId }
  const begun = await startRegistration(PASSWORD, [])
  const response = server.answerRegistration(owner.userId, begun.registrationRequest)
  const { registrationRecord } = finishRegistration(PASSWORD, begun.state, response, owner)
  const client = await startSignIn(PASSWORD)
  const answered = server.answerSignIn(owner, registrationRecord, client.startLoginRequest)
  const { finishLoginRequest } = finishSignIn(PASSWORD, client.state, answered.loginResponse, owner)
  const ours = async () => {
    for (let n = 0; n < SIGN_INS; n++) {
      server.answerSignIn(owner, registrationRecord, client.startLoginRequest)
      answered.end(finishLoginRequest)
    }
  }
  const bare = bareSignIns()
  const turns = await takeTurns(rounds, { ours, floor: async () => bare(SIGN_INS) })
  return {
    name: 'keys-sign-in',
    what: 'the server’s part of a sign-in by password (OPAQUE), against one bare X25519 key pair and four X25519 secrets',
    ...compared(
      turns.map(({ ours, floor }) => ({ ours: ours / SIGN_INS, floor: floor / SIGN_INS })),
      'ms',
    ),
    note: 'blocks the event loop; Argon2id is the client’s',
  }
}

interface Turn {
  /** Milliseconds. */
  readonly ours: number
  readonly floor: number
}

/** One turn of each unmeasured, for the compiler; then who goes first changes. */
async function takeTurns(rounds: number, sides: Record<'ours' | 'floor', () => Promise<unknown>>): Promise<Turn[]> {
  await sides.ours()
  await sides.floor()
  const turns: Turn[] = []
  for (let round = 0; round < rounds; round++) {
    const turn = { ours: 0, floor: 0 }
    for (const side of round % 2 === 0 ? (['ours', 'floor'] as const) : (['floor', 'ours'] as const)) {
      const start = performance.now()
      await sides[side]()
      turn[side] = performance.now() - start
    }
    turns.push(turn)
  }
  return turns
}

function compared(turns: readonly Turn[], unit: 's' | 'ms'): Pick<Row, 'figure' | 'floor' | 'ratio'> {
  const scale = unit === 's' ? 1000 : 1
  return {
    figure: { value: median(turns.map(({ ours }) => ours)) / scale, unit },
    floor: { value: median(turns.map(({ floor }) => floor)) / scale, unit },
    ratio: medianRatio(turns),
  }
}
