import { expect, test } from 'vitest'
import { userType } from '../schemas/resource-type.ts'
import { parseFilter } from './filter.ts'
import { matches } from './match.ts'

const user = {
  id: 'aB',
  userName: 'Élan@Example.com',
  externalId: 'X1',
  active: false,
  title: 'Chef de Partie',
  name: { familyName: "O'Malley" },
  emails: [
    { value: 'a@work.example', type: 'work', primary: true },
    { value: 'b@home.example', type: 'home' },
  ],
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Kitchen', manager: { value: 'M1' } },
  meta: { created: '2026-01-31T08:00:00.000Z', resourceType: 'User' },
}

test.each<[filter: string, holds: boolean]>([
  ['userName eq "éLAN@example.COM"', true],
  ['userName eq " e\u0301lan@example.com "', true],
  ['userName sw "é"', true],
  ['userName sw " é"', false],
  ['id eq "ab"', false],
  ['id eq "aB"', true],
  ['externalId eq "x1"', false],
  ['title co "DE"', true],
  ['title sw "chef"', true],
  ['title ew "PARTIE"', true],
  ['title ew "chef de partie and more"', false],
  ['title gt "chef"', true],
  ['title lt "Chef"', false],
  ['title ge "CHEF DE PARTIE"', true],
  ['active eq false', true],
  ['active ne false', false],
  ['active pr', true],
  ['nickName pr', false],
  ['nickName eq null', true],
  ['nickName ne "x"', true],
  ['not (nickName eq "x")', true],
  ['nickName co ""', false],
  ['name pr', true],
  ['addresses pr', false],
  ['emails.type eq "work"', true],
  ['emails.type ne "work"', true],
  ['not (emails.type eq "work")', false],
  ['emails[type eq "work" and value co "home"]', false],
  ['emails[type eq "home" and not (primary eq true)]', true],
  ['emails[type eq "home"].value eq "b@home.example"', true],
  ['name[familyName eq "o\'malley"]', true],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "kitchen"', true],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "m1"', false],
  ['meta.created eq "2026-01-31T09:00:00+01:00"', true],
  ['meta.created gt "2026-01-31T08:00:00Z"', false],
  ['title pr and (active eq true or emails pr)', true],
])('%s is %s of this user', (filter, holds) => {
  expect(matches(parseFilter(filter, userType), user)).toBe(holds)
})
