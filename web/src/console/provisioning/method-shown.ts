import type { AnswerOf } from '../../worker/routes.ts'

export type MethodShown = AnswerOf<'readMethod'>
