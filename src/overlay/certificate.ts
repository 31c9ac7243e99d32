/**
 * A self-signed certificate, for TLS that no middlebox looks into. It vouches for nobody: whom we talk to is shown by
 * noise, or by TURN's credentials, inside.
 */

export interface Certificate {
  /** PEM. */
  key: string
  cert: string
}

const DAY_MS = 86_400_000

/** P-256, for a year, of a name that says nothing. */
export async function makeCertificate(nowMs: number): Promise<Certificate> {
  // loaded when it is needed: a quarter of a second that most nodes never spend
  const { PemConverter, X509CertificateGenerator } = await import('@peculiar/x509')
  const { subtle } = crypto
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    notBefore: new Date(nowMs - DAY_MS), // clocks differ
    notAfter: new Date(nowMs + 365 * DAY_MS),
    signingAlgorithm: algorithm,
    keys,
  })
  const key = PemConverter.encode(await subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { key, cert: certificate.toString('pem') }
}
