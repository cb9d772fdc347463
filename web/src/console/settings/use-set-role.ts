import type { RoleWanted } from '@claviger/client/administration/roles.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { account } from '../../worker/account.ts'

/** Gives, changes or takes a role; the lists that show it are asked anew. */
export function useSetRole() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (wanted: RoleWanted) => account.setRole(wanted),
    onSettled: () =>
      Promise.all(['listAdministrators', 'me', 'listNodes', 'readSignOn'].map((name) => queries.invalidateQueries({ queryKey: [name] }))),
  })
}
