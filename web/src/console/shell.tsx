import { Outlet } from '@tanstack/react-router'
import { useEffect } from 'react'
import { isSignedOut } from '../ui/explain.ts'
import { Failure } from '../ui/failure.tsx'
import { Loading } from '../ui/loaded.tsx'
import { OutsidePage } from '../ui/outside-page.tsx'
import { signInAgain } from '../ui/sign-in-again.ts'
import { useAsk } from '../worker/ask.ts'
import { Frame } from './frame.tsx'
import { LiveUpdates } from './live/live.tsx'

/** Who is signed in sees the console; who is not, is sent to sign in and comes back. */
export function Shell() {
  const me = useAsk('me', {})
  const isOut = me.data === undefined && me.isError && 'code' in me.error && isSignedOut(String(me.error.code))
  useEffect(() => {
    if (isOut) signInAgain()
  }, [isOut])
  if (me.data === undefined) {
    return me.isError && !isOut ? (
      <OutsidePage title="The Admin Console does not open">
        <Failure error={me.error} onRetry={() => void me.refetch()} />
      </OutsidePage>
    ) : (
      <Loading />
    )
  }
  if (me.data.roles.length === 0) return <ForAdministrators email={me.data.email} />
  return (
    <LiveUpdates>
      <Frame enterpriseName={me.data.enterpriseName}>
        <Outlet />
      </Frame>
    </LiveUpdates>
  )
}

function ForAdministrators({ email }: { email: string }) {
  return (
    <OutsidePage title="The Admin Console is for administrators" lead={`${email} has no role in any node.`}>
      <p>
        Ask an administrator of your enterprise if you should have one. <a href="/">Your own vault</a> is open to you as ever.
      </p>
    </OutsidePage>
  )
}
