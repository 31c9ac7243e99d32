/** Certificates for DTLS: a new one for each session, so that a peer cannot tell our calls by it. */

import { RTCCertificate, createSelfSignedCertificate } from 'werift'

const ECDSA = 3
const SHA256 = 4
const P256 = 23

const SPARE_AFTER_MS = 1000 // when the call that took the last one is set up

let spare: Promise<RTCCertificate> | undefined

/** Making one is 10 ms of work: after the first the next is made ahead. */
export function takeCertificate(): Promise<RTCCertificate> {
  const taken = spare ?? makeCertificate()
  spare = undefined
  setTimeout(() => {
    spare ??= makeCertificate()
    spare.catch(() => (spare = undefined))
  }, SPARE_AFTER_MS).unref()
  return taken
}

async function makeCertificate(): Promise<RTCCertificate> {
  const { keyPem, certPem, signatureHash } = await createSelfSignedCertificate({ signature: ECDSA, hash: SHA256 }, P256)
  return new RTCCertificate(keyPem, certPem, signatureHash)
}
