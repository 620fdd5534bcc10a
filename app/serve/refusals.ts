/** Why a photo has no answer though nothing is wrong with the server. */

/** A photo that cannot be used. */
export class PhotoError extends Error {}

/** Nobody waits for the answer any more. */
export class GoneError extends Error {}

/** Too much is waiting: the sender may try again. */
export class BusyError extends Error {}
