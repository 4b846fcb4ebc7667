/**
 * The header by which SCRAM and OAUTHBEARER begin (RFC 5801 section 4).
 *
 * @module
 */

/** A name as it stands between commas: `,` and `=` written out (`saslname`, RFC 5801 section 4). */
export function saslName(name: string): string {
  return name.replaceAll("=", "=3D").replaceAll(",", "=2C");
}

/** The header: what is said of channel binding, and the identity to act as. */
export function gs2Header(flag: string, authzid: string | undefined): string {
  return `${flag},${authzid === undefined ? "" : `a=${saslName(authzid)}`},`;
}
