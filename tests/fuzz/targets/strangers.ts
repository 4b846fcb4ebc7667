/** What servers of other kinds say: challenges, token endpoints, proxies. @module */
import { cramMd5 } from "../../../lib/sasl/cram_md5.ts";
import { concat } from "../../../lib/bytes/ascii.ts";
import type { Mechanism } from "../../../lib/sasl/mechanism.ts";
import { answerTarget, readChallenge } from "../../../lib/sasl/ntlm_messages.ts";
import { oauthBearer } from "../../../lib/sasl/oauthbearer.ts";
import { saslprep } from "../../../lib/sasl/saslprep.ts";
import { scram } from "../../../lib/sasl/scram.ts";
import { askForToken } from "../../../lib/sasl/token_endpoint.ts";
import { xoauth2 } from "../../../lib/sasl/xoauth2.ts";
import { httpConnect, ntlm, type Road, socks4a, socks5 } from "../../../mod.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { HTTP, SCRAM } from "../grammars.ts";
import { attempt, attemptLater, binaryOf, octetsOf, require, type Target, textOf } from "../target.ts";

const SECRET = "correct horse battery";

/** Plays a server's challenges to a mechanism until it has had enough. */
async function played(mechanism: Mechanism, challenges: readonly Uint8Array[]): Promise<void> {
  await attemptLater(async () => {
    await mechanism.initial();
    for (const challenge of challenges) {
      const response = await mechanism.next(challenge);
      require(!textOf(response).includes(SECRET), () => "the password goes out in clear");
    }
    mechanism.finish?.();
  });
  const said = mechanism.failure ?? "";
  require(
    !/[\p{Cc}\u2028\u2029]/u.test(said),
    () => `a control character is shown: ${JSON.stringify(said)}`,
  );
  require(said.isWellFormed(), () => `what is shown is no text: ${JSON.stringify(said)}`);
}

/** Challenges of one input, which 0xFE divides. */
function challengesIn(input: Uint8Array): readonly Uint8Array[] {
  return binaryOf(input).split("\xfe", 64).map(octetsOf);
}

const NTLM = "NTLMSSP\0\x02\0\0\0\0\0\0\0\x30\0\0\0\x15\x82\x89\x02\x01\x02\x03\x04\x05\x06\x07\x08" +
  "\0".repeat(8) + "\x04\0\x04\0\x30\0\0\0" + "\0\0\0\0";

/**
 * Reaches a server through a proxy that says this, octet by octet, however much is asked of it. A tunnel begins behind an
 * answer that grants it, with the octet that follows.
 */
async function reached(road: Road, input: Uint8Array, granted: RegExp): Promise<void> {
  const runtime = new ScriptedRuntime((wire) => {
    wire.cut = (offset) => offset + 1 + offset % 3;
    wire.send(input);
    wire.onWrite = () => wire.finish();
  });
  const { connect } = road.over(runtime);
  const connection = await attemptLater(() =>
    connect.call(road.over(runtime), { host: "mail.example", port: 25, tls: "off" })
  );
  if (connection !== undefined) {
    const pieces: Uint8Array[] = [];
    for (let piece = await connection.read(); piece !== null; piece = await connection.read()) {
      pieces.push(piece.slice());
    }
    const said = binaryOf(input);
    const rest = binaryOf(concat(pieces));
    require(said.endsWith(rest), () => `${JSON.stringify(rest)} is not what the server says`);
    const answer = said.slice(0, said.length - rest.length);
    require(granted.test(answer), () => `a tunnel behind ${JSON.stringify(answer)}`);
  }
  await connection?.close();
  for (const wire of runtime.wires) {
    require(wire.closeCalls > 0, () => "the connection is left open");
    require(!wire.text.includes("EHLO"), () => "something was written behind the request");
  }
}

/** The method, the log-on where it is asked for, and the reply with an address of any form (RFC 1928, RFC 1929). */
const SOCKS5_GRANTED =
  // deno-lint-ignore no-control-regex
  /^\x05(?:\0|\x02[^]\0)\x05\0[^](?:\x01[^]{4}|\x04[^]{16}|\x03[^]+)[^]{2}$/;

/** Parsers of what strangers say. */
export const STRANGERS: readonly Target[] = [
  {
    name: "scram",
    grammar: SCRAM,
    promise:
      "any challenges end in a proof for this server or an error; the password never goes out, and no more is computed than the limit",
    words: [
      "r=",
      "s=",
      "i=4096",
      "i=",
      ",",
      "fyko+d2lbbFgONRv9qkxdawLa",
      "QSXCR+Q6sek8bf92",
      "v=",
      "e=other-error",
      "m=",
      "=",
      "\xfe",
    ],
    seeds: [
      "r=abcXYZ,s=QSXCR+Q6sek8bf92,i=4096\xfev=cm1ib1JNM1ViU3FPM2l4",
      "e=invalid-proof\xfe",
      "r=abcX,s=QQ==,i=4096",
    ],
    run: (input) =>
      played(
        scram({ user: "ada", password: SECRET, hash: "SHA-256", nonce: "abc", maxIterations: 4_096 }),
        challengesIn(input).slice(0, 3),
      ),
  },
  {
    name: "ntlm",
    promise: "any challenge is answered or refused, and what it says of the server stays within it",
    words: [NTLM, "\x01\0\x04\0", "\x07\0\x08\0", "\0\0\0\0", "\xff\xff", "\x02\0"],
    seeds: [NTLM, NTLM.slice(0, -4) + "\x02\0\x02\0A\0\0\0\0\0"],
    async run(input) {
      const challenge = attempt(() => readChallenge(input));
      if (challenge !== undefined) attempt(() => answerTarget(challenge.targetInfo));
      await played(ntlm({ user: "ada", password: SECRET }).mechanism({}), [input]);
    },
  },
  {
    name: "bearer",
    promise:
      "whatever a server explains is shown as text without control characters and the token, and is acknowledged once",
    words: [
      '{"status":"',
      '"',
      "}",
      "401",
      '"schemes":"bearer"',
      "\\u0000",
      "\\ud800",
      "tok-4711",
      "{",
      "[",
      "null",
      "\xfe",
      "\\n",
    ],
    seeds: [
      '{"status":"401","schemes":"bearer","scope":"x"}',
      '{"status":"tok-4711"}',
      '{"status":"to\\udaaak-4711"}',
      "null",
    ],
    async run(input) {
      for (const mechanism of [xoauth2, oauthBearer]) {
        const one = mechanism({ user: "ada", token: "tok-4711" } as never);
        await played(one, challengesIn(input).slice(0, 2));
        require(!(one.failure ?? "").includes("tok-4711"), () => "the token is shown");
      }
    },
  },
  {
    name: "cram_md5",
    promise: "any challenge is answered by the name and a digest",
    words: ["<", ">", "@", "1896.697170952@a.example"],
    seeds: ["<1896.697170952@postoffice.example.net>", ""],
    async run(input) {
      const mechanism = cramMd5({ user: "ada", password: SECRET });
      const given = await attemptLater(async () => await mechanism.next(input));
      const response = given === undefined ? undefined : textOf(given);
      require(
        response === undefined || /^ada [0-9a-f]{32}$/.test(response),
        () => `no response: ${JSON.stringify(response)}`,
      );
    },
  },
  {
    name: "saslprep",
    promise: "any text is prepared so that preparing changes it no more, or prohibited",
    words: ["\u00a0", "\u00ad", "\u2168", "\u00aa", "\u0627", "1", "\u0007", "a", "\ufb01", "\u1e9b\u0323"],
    seeds: ["I\u00adX", "user", "\u00aa", "\u2168", "\u06271"],
    run(input) {
      const prepared = saslprep(textOf(input));
      require(
        prepared === undefined || saslprep(prepared) === prepared,
        () => `not the same again: ${JSON.stringify(prepared)}`,
      );
    },
  },
  {
    name: "token_answer",
    promise: "whatever a token endpoint answers is a token of printable ASCII or a TokenError that shows no secret",
    words: [
      '{"access_token":"',
      '"',
      ',"token_type":"Bearer"',
      ',"expires_in":',
      "3600",
      "}",
      '"error":"',
      "s3cr3t-s3cr3t",
      "\\u0000",
      "1e999",
      "{",
      "-1",
    ],
    seeds: [
      '{"access_token":"t","token_type":"Bearer","expires_in":3600}',
      '{"error":"invalid_grant","error_description":"s3cr3t-s3cr3t"}',
    ],
    async run(input) {
      const genuine = globalThis.fetch;
      const status = input[0] === 0x20 ? 400 : 200;
      globalThis.fetch = () => Promise.resolve(new Response(input as Uint8Array<ArrayBuffer>, { status }));
      try {
        const answer = await attemptLater(() =>
          askForToken({ url: new URL("https://login.example/"), fields: {}, secrets: ["s3cr3t-s3cr3t"] })
        );
        if (answer === undefined) return;
        require(/^[!-~]+$/.test(answer.token), () => `no token: ${JSON.stringify(answer.token)}`);
        // A time that is over is one: it is not taken for what has no end.
        require(!Number.isNaN(answer.expiresIn), () => `expires in ${answer.expiresIn}`);
      } catch (error) {
        require(!String(error).includes("s3cr3t-s3cr3t"), () => "a secret is shown");
        throw error;
      } finally {
        globalThis.fetch = genuine;
      }
    },
  },
  {
    name: "socks5",
    promise:
      "whatever a SOCKS5 proxy answers is a ConnectionError and a connection closed, or a tunnel, which begins right behind the grant",
    words: [
      "\x05\0",
      "\x05\x02",
      "\x01\0",
      "\x05\0\0\x01\x7f\0\0\x01\0\x19",
      "\x05\0\0\x03\x01a\0\0",
      "\x05\x05",
      "HTTP/1.1 400\r\n",
    ],
    seeds: ["\x05\0\x05\0\0\x01\x7f\0\0\x01\0\x19", "\x05\x02\x01\0\x05\x01\0\x01", "\x05\xff"],
    run: (input) => reached(socks5({ host: "p.example", user: "u", password: "p" }), input, SOCKS5_GRANTED),
  },
  {
    name: "socks4",
    promise: "the same of SOCKS4a",
    words: ["\0\x5a", "\0\x5b", "\0\0\0\0\0\0"],
    seeds: ["\0\x5a\0\0\0\0\0\0", "\0\x5b\0\0\0\0\0\0"],
    run: (input) => reached(socks4a({ host: "p.example", user: "u" }), input, /^\0\x5a[^]{6}$/),
  },
  {
    name: "http_connect",
    grammar: HTTP,
    promise: "the same of an HTTP proxy, within a bounded head and so many interim answers",
    words: [
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.0 407 x\r\n",
      "HTTP/1.1 100\r\n\r\n",
      "\r\n",
      "\n",
      "Content-Length: 3\r\n",
      "Transfer-Encoding: chunked\r\n",
      "a: b\r\n",
      ":",
      "\0",
    ],
    seeds: [
      "HTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nVia: a\r\n\r\n220 hi\r\n",
      "HTTP/1.1 407 No\r\nContent-Length: 3\r\n\r\nabc",
    ],
    run: (input) =>
      reached(
        httpConnect({ host: "p.example", port: 3128, user: "u", password: "p" }),
        input,
        /^HTTP\/1\.\d 2\d\d[^]*\n\r?\n$|^HTTP\/1\.\d 1\d\d[^]*\nHTTP\/1\.\d 2\d\d[^]*\n\r?\n$/,
      ),
  },
];
