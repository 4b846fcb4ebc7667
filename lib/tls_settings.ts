/**
 * TLS settings as a runtime takes them: everything read, checked and loaded, nothing left to look up.
 *
 * @module
 */

/** A TLS version, as the profile language spells it. */
export type TlsVersion = "1.0" | "1.1" | "1.2" | "1.3";

/** A name that a certificate may carry in its subjectAltName (RFC 5280 section 4.2.1.6). */
export interface CertificateName {
  /** What kind of name it is (RFC 5280 section 4.2.1.6). */
  readonly type: "DNS" | "IP" | "URI" | "Email";
  /** For DNS a `*` may stand for the whole left-most label (RFC 9525 section 6.3). */
  readonly name: string;
}

/** How TLS is to be done; what is absent has the default said here. */
export interface TlsSettings {
  /** Name of the profile these came from, for messages. */
  readonly profile?: string;
  /** Verify the server's chain. Default `true`. */
  readonly verifyServer?: boolean;
  /**
   * `true`: the certificate must carry the host connected to (RFC 9525); `false`: any name will do; a list: one match is
   * enough. Default: as `verifyServer`. Never checked when the chain is not.
   */
  readonly verifyServerName?: boolean | readonly CertificateName[];
  /** PEM, one or more certificates: the only trust anchors. Default: those of the platform. */
  readonly caCertificate?: string;
  /** PEM, the client's certificate, then any intermediates. */
  readonly clientCertificate?: string;
  /** PEM, the private key of `clientCertificate`; may be encrypted. */
  readonly clientKey?: string;
  /** Pass phrase of an encrypted `clientKey`. */
  readonly clientKeyPassword?: string;
  /** Allowed cipher suites, OpenSSL or IANA names. Default: the platform's. */
  readonly cipherList?: readonly string[];
  /** Default `1.2`. */
  readonly minTlsVersion?: TlsVersion;
  /** Default: the highest that the platform has. */
  readonly maxTlsVersion?: TlsVersion;
  /** Base64 SHA-256 of a SubjectPublicKeyInfo in the server's chain; one match is enough, and the chain must verify too. */
  readonly pinSha256?: readonly string[];
  /** Pre-shared key; an error on a runtime that has none. */
  readonly sharedKey?: string;
}
