import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigError } from "../../../lib/errors.ts";
import { AssignmentFile } from "../../../lib/profile/assignment_file.ts";
import type { TlsProfile } from "../../../lib/profile/tls_profile.ts";
import { everythingIn, refusal } from "./helpers.ts";
import { tries } from "../../support/effort.ts";

const SAMPLE = `; global settings
[NET_SETTINGS]
smtp_profile = verify_server=1, ca_certificate=cacert.pem, verify_server_name=0
Other          verify_server=yes, %\\
               ca_certificate=usys:ca.pem
[DRIVER_SETTINGS]
USYS$TLS_PARAMS verify_server=yes, ca_certificate=cacert.pem
`;

/** The path of a profile's trust anchors. */
function anchors(profile: TlsProfile | undefined): string | undefined {
  return profile?.caCertificate?.kind === "file" ? profile.caCertificate.path : undefined;
}

/** One setting in its section. */
function net(lines: string): string {
  return `[NET_SETTINGS]\n${lines}`;
}

test("AssignmentFile reads the sample of the original system", () => {
  const file = AssignmentFile.parse(SAMPLE, { logicals: { usys: "/opt/usys" }, directory: "/etc/mail" });
  expect(file.names).toEqual(["smtp_profile", "Other"]);
  expect(file.profile("SMTP_Profile")).toMatchObject({ name: "smtp_profile", verifyServerName: false });
  expect(anchors(file.profile("other"))).toBe("/opt/usys/ca.pem");
  expect(anchors(file.driverProfile())).toBe("/etc/mail/cacert.pem");
  expect(file.driverProfile()?.name).toBe("USYS$TLS_PARAMS");
});

test.each([
  ["p = ca_cert=a", "blanks around ="],
  ["p=ca_cert=a", "no blanks"],
  ["p ca_cert=a", "a blank alone"],
  ["\tp\t=\tca_cert=a\t ", "tabs, and blanks at both ends"],
  ["p= ca_cert=a\r\n\r\nq x\r\n", "CRLF"],
  [" ; c = x\n;\n\n \t\np = ca_cert=a", "comments and empty lines"],
  ["p = %\\\nca_cert=%\\ \r\na", "continuations, with a blank behind one"],
])("AssignmentFile reads %j", (line) => {
  expect(anchors(AssignmentFile.parse(net(line)).profile("p"))).toBe("a");
});

test("AssignmentFile knows sections and the driver's setting in any case", () => {
  const file = AssignmentFile.parse("[net_Settings]\nP ca_cert=a\n[Driver_settings]\nusys$tls_PARAMS ca_cert=b");
  expect(file.has("p")).toBe(true);
  expect(anchors(file.driverProfile())).toBe("b");
});

test("AssignmentFile has no inline comments and keeps quotes and ; in a value", () => {
  const file = AssignmentFile.parse(net('p ca_cert="a.pem" ; really\nq verify_server=yes ; note'));
  expect(anchors(file.profile("p"))).toBe('"a.pem" ; really');
  expect(refusal(() => file.profile("q")).code).toBe("CONFIG_VALUE");
});

test("AssignmentFile takes a continued line for part of a value, whatever it begins with", () => {
  const file = AssignmentFile.parse(net("p vfy_srv_nm=DNS:a%\\\n;DNS:b\nq verify_server=1, %\\\n; ca_cert=x"));
  expect(file.profile("p").verifyServerName).toEqual([{ type: "DNS", name: "a" }, { type: "DNS", name: "b" }]);
  expect(refusal(() => file.profile("q"))).toMatchObject({ code: "CONFIG_UNKNOWN", line: 5, column: 1 });
});

test("AssignmentFile does not continue a comment", () => {
  expect(AssignmentFile.parse(net("; note %\\\np ca_cert=a")).names).toEqual(["p"]);
});

test("AssignmentFile leaves other sections alone", () => {
  const text = `[FILES]\n*.* $UDB:*.*\nx\nx\n"a" = , [\n[PATHS]\nca_cert=1\n[PATHS]\n${SAMPLE}`;
  expect(AssignmentFile.parse(text).names).toEqual(["smtp_profile", "Other"]);
});

test("AssignmentFile checks a profile when it is asked for, and the others do not suffer", () => {
  const file = AssignmentFile.parse(net("TCP: whatever this is\ngood ca_cert=a\nbad verify_server=perhaps"));
  expect(anchors(file.profile("good"))).toBe("a");
  expect(refusal(() => file.profile("bad"))).toMatchObject({ code: "CONFIG_VALUE", profile: "bad" });
  expect(refusal(() => file.profile("tcp:"))).toMatchObject({ code: "CONFIG_SYNTAX" });
  expect(file.driverProfile()).toBeUndefined();
});

test.each([
  ["p = verify_server=1, vrfy=0", 2, 22],
  ["; one\n\np = verify_server=1, %\\\n   ca_cert=a, %\\\n   vrfy=0", 6, 4],
  ["p verify_server=1,%\\\n%\\\n\tvrfy=0", 4, 2],
  ["p %\\\nverify_server=1,vr%\\\nfy=0", 3, 17],
])("AssignmentFile gives the line and column of an option in %j", (text, line, column) => {
  const file = AssignmentFile.parse(net(text), { source: "mail.asn" });
  const error = refusal(() => file.profile("p"));
  expect(error).toMatchObject({ code: "CONFIG_UNKNOWN", source: "mail.asn", line, column, profile: "p" });
  expect(error.message).toMatch(`mail.asn:${line}:${column}: profile "p": unknown option`);
});

test.each([
  ["p ca_cert=a", "CONFIG_SYNTAX", 1, 1, "no [SECTION]"],
  ["[NET_SETTINGS", "CONFIG_SYNTAX", 1, 1, "[NAME]"],
  ["[NET_SETTINGS] ; x", "CONFIG_SYNTAX", 1, 1, "[NAME]"],
  ["[ NET_SETTINGS ]", "CONFIG_SYNTAX", 1, 1, "[NAME]"],
  ["[]", "CONFIG_SYNTAX", 1, 1, "[NAME]"],
  ["[NET_SETTING]", "CONFIG_UNKNOWN", 1, 1, "NET_SETTINGS?"],
  ["[DRIVERSETTINGS]", "CONFIG_UNKNOWN", 1, 1, "DRIVER_SETTINGS?"],
  ["[NET_SETTINGS]\n[net_settings]", "CONFIG_DUPLICATE", 2, 1, "twice"],
  ["[NET_SETTINGS]\nA ca_cert=a\n a ca_cert=b", "CONFIG_DUPLICATE", 3, 2, "twice"],
  ["[NET_SETTINGS]\na", "CONFIG_SYNTAX", 2, 1, "no value"],
  ["[NET_SETTINGS]\na = ", "CONFIG_SYNTAX", 2, 1, "no value"],
  ["[NET_SETTINGS]\n= x", "CONFIG_SYNTAX", 2, 1, "Name = Value"],
  ["[NET_SETTINGS]\na,b x", "CONFIG_SYNTAX", 2, 1, "Name = Value"],
  ["[NET_SETTINGS]\np verify_server=1,\n  ca_cert=a", "CONFIG_SYNTAX", 3, 3, "%\\"],
  ["[DRIVER_SETTINGS]\nUSYS$TLS_PARAM x", "CONFIG_UNKNOWN", 2, 1, "USYS$TLS_PARAMS?"],
  ["[NET_SETTINGS]\n#INCLUDE x", "CONFIG_SYNTAX", 2, 1, "#FILE"],
  ["#FILE", "CONFIG_SYNTAX", 1, 1, "#FILE"],
  ["[NET_SETTINGS]\n #FILE x", "CONFIG_FILE", 2, 2, "AssignmentFile.load"],
  ["[NET_SETTINGS]\np ca_cert=a, %\\", "CONFIG_SYNTAX", 2, undefined, "nothing follows"],
  ["[NET_SETTINGS]\np a\0b", "CONFIG_SYNTAX", 2, 4, "U+0000"],
  ["[NET_SETTINGS]\np a\rb", "CONFIG_SYNTAX", 2, 4, "U+000d"],
  ["; a\u2028b", "CONFIG_SYNTAX", 1, 4, "U+2028"],
  ["\n\n\ud800", "CONFIG_SYNTAX", 3, 1, "U+d800"],
])("AssignmentFile refuses %j", (text, code, line, column, message) => {
  const error = refusal(() => AssignmentFile.parse(text, { source: "mail.asn" }));
  expect(error).toMatchObject({ code, source: "mail.asn", line });
  expect(error.column).toBe(column);
  expect(error.message).toContain(message);
});

test("AssignmentFile names the profiles that there are when it is asked for another", () => {
  const error = refusal(() => AssignmentFile.parse(SAMPLE).profile("smtp"));
  expect(error).toMatchObject({ code: "CONFIG_UNDEFINED", profile: "smtp" });
  expect(error.message).toContain('defined are "smtp_profile", "Other"');
  expect(refusal(() => AssignmentFile.parse("").profile("USYS$TLS_PARAMS")).message).toContain("none is");
  const many = net(Array.from({ length: 30 }, (_, i) => `p${i} x`).join("\n"));
  expect(refusal(() => AssignmentFile.parse(many).profile("q")).message).toMatch(/"p19", …$/);
});

test("AssignmentFile finds nothing of JavaScript's own under a name", () => {
  const file = AssignmentFile.parse(net("__proto__ ca_cert=a"));
  expect(anchors(file.profile("__PROTO__"))).toBe("a");
  for (const name of ["constructor", "prototype", "toString", ""]) {
    expect(file.has(name)).toBe(false);
    expect(refusal(() => file.profile(name)).code).toBe("CONFIG_UNDEFINED");
  }
});

test("AssignmentFile reads UTF-8 and UTF-16 with a byte order mark, in both orders", () => {
  const text = net("größe ca_cert=日本𝄞.pem");
  const units = [0xfeff, ...Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))];
  const utf8 = new TextEncoder().encode(`\ufeff${text}`);
  const little = Uint8Array.from(units.flatMap((unit) => [unit & 0xff, unit >> 8]));
  const big = Uint8Array.from(units.flatMap((unit) => [unit >> 8, unit & 0xff]));
  for (const content of [text, `\ufeff${text}`, utf8, utf8.subarray(3), little, big]) {
    expect(anchors(AssignmentFile.parse(content).profile("GRÖSSE".replace("SS", "ß")))).toBe("日本𝄞.pem");
  }
  expect(refusal(() => AssignmentFile.parse(little.subarray(0, -1))).message).toContain("cut off");
  expect(refusal(() => AssignmentFile.parse(little.subarray(2)))).toMatchObject({ code: "CONFIG_SYNTAX" });
});

test("AssignmentFile gives the line of what is not UTF-8", () => {
  const text = new TextEncoder().encode("[NET_SETTINGS]\np ca_cert=ü\n; ?\n; ?\n; ü");
  const lines = [...text.entries()].filter(([_, octet]) => octet === 0x3f).map(([at]) => {
    const error = refusal(() => AssignmentFile.parse(text.with(at, 0xfc), { source: "x" }));
    expect(error).toMatchObject({ code: "CONFIG_SYNTAX", message: expect.stringContaining("UTF-8") });
    return error.line;
  });
  expect(lines).toEqual([3, 4]);
  expect(refusal(() => AssignmentFile.parse(text.subarray(0, -1))).line).toBe(5);
});

test("AssignmentFile has bounds for the file, its lines and their length", () => {
  const limits = [
    " ".repeat(1_048_577),
    new Uint8Array(10_000_000),
    net("x y\n".repeat(10_000)).replaceAll("NET_", "NOT_OUR_"),
    net(`p ${"a".repeat(65_536)}`),
    net(`p ${"a%\\\n".repeat(30_000)}b`),
  ];
  for (const text of limits) expect(refusal(() => AssignmentFile.parse(text)).code).toBe("CONFIG_LIMIT");
  const many = Array.from({ length: 9_999 }, (_, i) => `p${i} x`).join("\n");
  expect(AssignmentFile.parse(net(many)).names.length).toBe(9_999);
});

test("AssignmentFile shows no piece of a secret, in errors or itself", () => {
  const file = AssignmentFile.parse(net("p clt_cert=c,client_key_password=hunter2\nq shared_key=a,%\\\nhunter2=1"));
  expect(JSON.stringify([file, file.profile("p")])).not.toContain("hunter2");
  expect(everythingIn(refusal(() => file.profile("q")))).not.toContain("hunter2");
});

test("AssignmentFile throws TypeError for what is no text and no string", () => {
  expect(() => AssignmentFile.parse(1 as unknown as string)).toThrow(TypeError);
  expect(() => AssignmentFile.parse("").profile(undefined as unknown as string)).toThrow(TypeError);
});

test("AssignmentFile throws nothing but ConfigError, whatever the text", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "[NET_SETTINGS]\n",
      "[DRIVER_SETTINGS]\n",
      "[X]\n",
      "p ca_cert=a\n",
      "q = ",
      "%\\\n",
      ";",
      "\n",
      "=",
    ),
    fc.constantFrom("USYS$TLS_PARAMS verify_server=1\n", "#FILE x\n", " ", "\r\n", "\t", "[", "]"),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), fc.uint8Array({ maxLength: 8 }), (pieces, octets) => {
      for (const content of [pieces.join(""), octets]) {
        try {
          const file = AssignmentFile.parse(content);
          for (const name of file.names) file.profile(name);
          file.driverProfile();
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
        }
      }
    }),
    { seed: 9, numRuns: tries(1000) },
  );
});

test("AssignmentFile.parse refuses USYS$TLS_PARAMS where STARTTLS would pass over it", () => {
  const text = "[NET_SETTINGS]\nusys$tls_params = ca_certificate=ca.pem\n";
  expect(() => AssignmentFile.parse(text)).toThrow(/:2:1: USYS\$TLS_PARAMS stands in \[DRIVER_SETTINGS\]/);
});
