import { fileProfileStore } from './profile.ts'

/** Saves the profile of the folder that it is started in, again and again, until it is killed. */
const store = fileProfileStore(process.cwd())
const profile = await store.load()
if (profile === null) throw new Error('there is a profile')
for (let version = 1; ; version++) {
  await store.save({ ...profile, seen: new Map([...profile.seen, ['record of a test', version]]) })
  process.stdout.write('saved\n')
}
