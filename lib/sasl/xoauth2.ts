/**
 * XOAUTH2, Google's and Microsoft's way to log on with an OAuth 2.0 access token.
 *
 * @module
 */
import { bearer, checkTokenSource, type TokenSource } from "./bearer.ts";
import { checkName } from "./fields.ts";
import type { Mechanism } from "./mechanism.ts";

/**
 * Makes an XOAUTH2 mechanism.
 *
 * @throws {InputError} for a name that is empty or holds a control character, a token that is not printable ASCII
 */
export function xoauth2(credentials: { readonly user: string; readonly token: TokenSource }): Mechanism {
  const user = checkName(credentials.user, "user");
  return bearer({
    name: "XOAUTH2",
    source: checkTokenSource(credentials.token, "token"),
    response: (token) => `user=${user}\x01auth=Bearer ${token}\x01\x01`,
    acknowledgement: "",
  });
}
