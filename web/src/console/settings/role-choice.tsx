import type { AdministratorRole } from '@claviger/contract/api/administration.ts'
import { Radio, Stack } from '@mantine/core'
import { roles } from './role-words.ts'

/** A role, chosen by what it may do. */
export function RoleChoice({ value, onChange }: { value: AdministratorRole; onChange: (role: AdministratorRole) => void }) {
  const choose = (chosen: string) => {
    const found = roles.find(({ role }) => role === chosen)
    if (found !== undefined) onChange(found.role)
  }
  return (
    <Radio.Group label="Role" value={value} onChange={choose}>
      <Stack gap="xs" mt="xs">
        {roles.map(({ role, name, may }) => (
          <Radio key={role} value={role} label={name} description={may} />
        ))}
      </Stack>
    </Radio.Group>
  )
}
