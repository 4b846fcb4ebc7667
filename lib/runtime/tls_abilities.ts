/**
 * What TLS can do on a runtime that does it by `node:tls`.
 *
 * @module
 */

/** What the `node:tls` of a runtime can do; where it cannot, a setting that needs it is an error. */
export interface TlsAbilities {
  /** Of the runtime, for messages. */
  readonly name: string;
  /** Whether TLS 1.0 and 1.1 can be had; `level` with OpenSSL's security level lowered for them. */
  readonly oldVersions: boolean | "level";
  /** Whether a session can be resumed in a later connection. */
  readonly resumes?: boolean;
  /**
   * OpenSSL names of the suites it has, where not all of these can be chosen from; `platform` where it tells them itself. Left
   * out where they can.
   */
  readonly fixedCiphers?: readonly string[] | "platform";
}
