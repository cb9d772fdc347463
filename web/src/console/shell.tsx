import { Center, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { account } from '../worker/account.ts'
import { Frame } from './frame.tsx'

/** Who is signed in sees the console; who is not, is sent to sign in and comes back. */
export function Shell() {
  const me = useQuery({ queryKey: ['who-am-i'], queryFn: () => account.whoAmI() })
  useEffect(() => {
    if (me.isError) window.location.replace('/sign-in?then=console')
  }, [me.isError])
  if (me.data === undefined) {
    return (
      <Center h="100%">
        <Loader aria-label="Opening your account" />
      </Center>
    )
  }
  return <Frame waiting={undefined} />
}
