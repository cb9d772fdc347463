/** Milliseconds since 1970, UTC. */
export type Millis = number
/** 0 or 1: the one spelling of a truth value that both engines store alike. */
export type Flag = 0 | 1
