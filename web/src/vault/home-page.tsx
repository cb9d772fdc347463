import { Button, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Navigate, useNavigate } from '@tanstack/react-router'
import { OutsidePage } from '../ui/outside-page.tsx'
import { account } from '../worker/account.ts'

/** Who is signed in, until the vault itself stands here. */
export function HomePage() {
  const navigate = useNavigate()
  const me = useQuery({ queryKey: ['who-am-i'], queryFn: () => account.whoAmI(), gcTime: 0 })
  const signOut = useMutation({ mutationFn: () => account.signOut(), onSettled: () => navigate({ to: '/sign-in' }) })
  if (me.isPending) return null
  if (me.isError) return <Navigate to="/sign-in" />
  return (
    <OutsidePage title="Your vault is open" lead={`You are signed in as ${me.data.email}.`}>
      <Text>Folders and records are reached by the command line in this version.</Text>
      <Button component="a" href="/console" variant="default">
        Admin Console
      </Button>
      <Button loading={signOut.isPending} onClick={() => signOut.mutate()}>
        Sign out
      </Button>
    </OutsidePage>
  )
}
