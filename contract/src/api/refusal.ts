import { z } from 'zod'

/** What a request that is refused is answered with. `code` is a word of the server's list; new ones may come. */
export const Refusal = z.object({ code: z.string(), message: z.string(), requestId: z.string() })
export type Refusal = z.infer<typeof Refusal>
