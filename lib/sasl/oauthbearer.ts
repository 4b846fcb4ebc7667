/**
 * OAUTHBEARER (RFC 7628), the standard's way to log on with an OAuth 2.0 access token.
 *
 * @module
 */
import { bearer, checkTokenSource, type TokenSource } from "./bearer.ts";
import { checkName } from "./fields.ts";
import { gs2Header } from "./gs2.ts";
import type { Mechanism, MechanismContext } from "./mechanism.ts";

/**
 * Makes an OAUTHBEARER mechanism. Host and port are said where they are known; tokens of the kind `Bearer` do not depend
 * on them (RFC 7628 section 3.1).
 *
 * @throws {InputError} for a name that is empty or holds a control character, a token that is not printable ASCII
 */
export function oauthBearer(
  credentials: { readonly user: string; readonly token: TokenSource },
  { host, port }: MechanismContext = {},
): Mechanism {
  const header = gs2Header("n", checkName(credentials.user, "user"));
  const where = (host === undefined ? "" : `host=${host}\x01`) + (port === undefined ? "" : `port=${port}\x01`);
  return bearer({
    name: "OAUTHBEARER",
    source: checkTokenSource(credentials.token, "token"),
    response: (token) => `${header}\x01${where}auth=Bearer ${token}\x01\x01`,
    acknowledgement: "\x01",
  });
}
