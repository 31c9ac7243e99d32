/** The one error class of tincan: a closed list of codes, each with a message that says what to do next. */

export type TincanErrorCode =
  | 'BAD_USERNAME' // characters or length outside the rules
  | 'BAD_ADDRESS' // a multiaddr or full address that cannot be read
  | 'BAD_MEDIA' // a source or sink that cannot be opened, or is not what it claims to be
  | 'BAD_KEY' // a key file that is unreadable or corrupt
  | 'BAD_PHRASE' // words that are no recovery key
  | 'ALREADY_RUNNING' // another process uses this home
  | 'PORT_IN_USE' // a listen address is taken
  | 'NO_NETWORK' // no peers, or no supernode took us
  | 'NAME_TAKEN' // another account holds the username
  | 'DEVICE_REVOKED' // the account wants this device no longer
  | 'BAD_CODE' // a code for linking a device that cannot be read, or holds no longer
  | 'BAD_DEVICE' // no such device, a name that it cannot have, or one too many
  | 'NO_USERNAME' // this home has claimed no username yet
  | 'NO_SUCH_USER' // nobody holds the username
  | 'KEY_CHANGED' // a name pinned to one account leads to another
  | 'NAME_CONFLICT' // several accounts hold the username, as far as can be seen
  | 'BAD_CONTACT' // no such contact, a name that will not do, a contact that is blocked, or a contacts file that is unreadable
  | 'BAD_INVITE' // an invite link that is torn, tampered with, of another network or one's own
  | 'OFFLINE' // somebody holds it, no device of theirs answers
  | 'DECLINED'
  | 'BUSY'
  | 'NO_ANSWER' // rang for 45 s
  | 'CANCELLED' // the caller gave up before an answer
  | 'CALL_FAILED' // media could not be set up, or was not authentic
  | 'LOST' // media stopped arriving
  | 'STOPPED' // the node was stopped
  | 'ABORTED' // the caller's AbortSignal fired

export class TincanError extends Error {
  override name = 'TincanError'
  readonly code: TincanErrorCode

  constructor(code: TincanErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
