import { Confirm } from '../../ui/confirm.tsx'
import type { Administrator } from './administrators.tsx'
import { roleName } from './role-words.ts'
import { useSetRole } from './use-set-role.ts'

/** Takes the role that an administrator has in a node. */
export function Dismiss({ of, onClose }: { of: Administrator | null; onClose: () => void }) {
  const dismiss = useSetRole()
  const close = () => {
    dismiss.reset()
    onClose()
  }
  return (
    <Confirm
      title={`Dismiss ${of?.email ?? ''}`}
      opened={of !== null}
      onClose={close}
      verb="Dismiss"
      onConfirm={() => {
        if (of !== null) dismiss.mutate({ userId: of.userId, nodeId: of.nodeId, atRoot: of.isRoot, role: null }, { onSuccess: close })
      }}
      isDoing={dismiss.isPending}
      error={dismiss.error}
    >
      {of?.email} is no {of === null ? '' : roleName(of.role)} of {of?.nodeName} any more. The account, its vault and its teams stay. Keys
      that only this role gave are renewed, so that they open nothing new. They can be appointed again at any time.
    </Confirm>
  )
}
