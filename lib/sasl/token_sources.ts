/**
 * Ready-made sources of access tokens: a user's refresh token, and a program's own credentials (RFC 6749 sections 6
 * and 4.4).
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { given, type KeysOf } from "../given.ts";
import { type CachedToken, keptToken } from "./token_cache.ts";
import {
  askForToken,
  checkEndpoint,
  ENDPOINT_KEYS,
  patienceOf,
  type TokenEndpointOptions,
  type TokenQuestion,
} from "./token_endpoint.ts";

/** Who asks for tokens, and where. */
export interface TokenClientOptions extends TokenEndpointOptions {
  /** The endpoint, `https:`. Google's is `https://oauth2.googleapis.com/token`. */
  readonly tokenUrl: string;
  /** The client's identifier at that endpoint (RFC 6749 section 2.2). */
  readonly clientId: string;
  /** Where the secret is said: among the form's fields, or in the header (RFC 6749 section 2.3.1). Default `body`. */
  readonly clientAuthentication?: "body" | "basic" | undefined;
  /** What the token is to be good for; names divided by blanks. */
  readonly scope?: string | undefined;
}

/** What {@link refreshToken} takes. */
export interface RefreshTokenOptions extends TokenClientOptions {
  /** Default: none, as public clients have it. */
  readonly clientSecret?: string | undefined;
  /** What the user's consent has left behind. */
  readonly refreshToken: string;
  /**
   * Told of each refresh token that takes the place of the one before (Microsoft gives one each time), to be stored for
   * the next start; it is waited for, and what it throws is how getting the token fails.
   */
  readonly onRefreshToken?: ((refreshToken: string) => void | Promise<void>) | undefined;
}

/** What {@link clientCredentials} takes. */
export interface ClientCredentialsOptions extends TokenClientOptions {
  /** The client's secret (RFC 6749 section 2.3.1). */
  readonly clientSecret: string;
}

const CLIENT_KEYS: KeysOf<ClientCredentialsOptions> = {
  tokenUrl: undefined,
  clientId: undefined,
  clientSecret: undefined,
  clientAuthentication: undefined,
  scope: undefined,
  ...ENDPOINT_KEYS,
};
const REFRESH_KEYS: KeysOf<RefreshTokenOptions> = {
  ...CLIENT_KEYS,
  refreshToken: undefined,
  onRefreshToken: undefined,
};

/**
 * Makes a token source of a refresh token (RFC 6749 section 6). Tokens are kept until shortly before their end.
 *
 * @throws {InputError} for an unknown key, an empty or missing one, a URL that is not `https:`
 * @throws {TokenError} the source itself, when it gets no token
 *
 * @example
 * ```ts
 * import { oauth2, refreshToken, SmtpClient } from "@posthaste/smtp";
 *
 * const token = refreshToken({
 *   tokenUrl: "https://oauth2.googleapis.com/token",
 *   clientId: "id",
 *   clientSecret: "secret",
 *   refreshToken: "what the user's consent has left behind",
 * });
 * await using client = new SmtpClient({ host: "smtp.gmail.com", auth: oauth2("ada@gmail.com", token) });
 * ```
 */
export function refreshToken(options: RefreshTokenOptions): CachedToken {
  const own = given(options, {
    place: "",
    what: "refreshToken",
    keys: REFRESH_KEYS,
  }) as RefreshTokenOptions;
  const question = questionOf(own);
  const { onRefreshToken } = own;
  let current = requireText(own.refreshToken, "refreshToken");
  return keptToken(async () => {
    const { fields, secrets, ...rest } = question;
    const answer = await askForToken({
      ...rest,
      fields: { ...fields, grant_type: "refresh_token", refresh_token: current },
      secrets: [...secrets, current],
    });
    if (answer.refreshToken !== undefined && answer.refreshToken !== current) {
      current = answer.refreshToken;
      await onRefreshToken?.(current);
    }
    return answer;
  }, { margin: own.margin, patience: patienceOf(own) });
}

/**
 * Makes a token source of a program's own credentials (RFC 6749 section 4.4), as Microsoft 365 has it for programs that
 * send in the name of a mailbox. Tokens are kept until shortly before their end.
 *
 * @throws {InputError} for an unknown key, an empty or missing one, a URL that is not `https:`
 * @throws {TokenError} the source itself, when it gets no token
 *
 * @example
 * ```ts
 * import { clientCredentials, oauth2, SmtpClient } from "@posthaste/smtp";
 *
 * const token = clientCredentials({
 *   tokenUrl: "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token",
 *   clientId: "id",
 *   clientSecret: "secret",
 *   scope: "https://outlook.office365.com/.default",
 * });
 * const auth = oauth2("svc@example.com", token);
 * await using client = new SmtpClient({ host: "smtp.office365.com", port: 587, auth });
 * ```
 */
export function clientCredentials(options: ClientCredentialsOptions): CachedToken {
  const own = given(options, {
    place: "",
    what: "clientCredentials",
    keys: CLIENT_KEYS,
  }) as ClientCredentialsOptions;
  requireText(own.clientSecret, "clientSecret");
  const { fields, ...rest } = questionOf(own);
  const question = { ...rest, fields: { ...fields, grant_type: "client_credentials" } };
  return keptToken(() => askForToken(question), { margin: own.margin, patience: patienceOf(own) });
}

function questionOf(own: TokenClientOptions & { readonly clientSecret?: string | undefined }): TokenQuestion {
  const { clientAuthentication: form = "body", clientSecret, scope } = own;
  const clientId = requireText(own.clientId, "clientId");
  if (clientSecret !== undefined) requireText(clientSecret, "clientSecret");
  if (scope !== undefined) requireText(scope, "scope");
  if (form !== "body" && form !== "basic") throw new InputError("clientAuthentication", "must be body or basic");
  const inHeader = form === "basic" && clientSecret !== undefined;
  return {
    url: checkEndpoint(own.tokenUrl, own),
    timeout: own.timeout,
    signal: own.signal,
    fields: inHeader ? { scope } : { client_id: clientId, client_secret: clientSecret, scope },
    basic: inHeader ? { id: clientId, secret: clientSecret } : undefined,
    secrets: clientSecret === undefined ? [] : [clientSecret],
  };
}

function requireText(value: unknown, field: string): string {
  if (typeof value !== "string" || value === "") throw new InputError(field, "must be a string that is not empty");
  return value;
}
