/** Objects for settings from elsewhere: providers, profiles, TLS. @module */
import { AssignmentFile, httpConnect, parseTlsProfile, provider, tlsProfile } from "../../../../mod.ts";
import { named, type Subject, subject } from "./subject.ts";

/** All of these. */
export const SETTINGS: readonly Subject[] = [
  subject("provider(options)", { region: "eu-west-1" }, (one) => provider("amazon-ses", one)),
  subject("ParseTlsProfileOptions", { name: "a", line: 3 }, (one) => parseTlsProfile("verify_server=no", one).place),
  subject(
    "ParseAssignmentFileOptions",
    { source: "a" },
    (one) => AssignmentFile.parse("[NET_SETTINGS]\na=verify_server=no", one).profile("a").place,
  ),
  subject("LoadAssignmentFileOptions", {
    loader: () => Promise.resolve(new TextEncoder().encode("[NET_SETTINGS]\na=verify_server=no")),
  }, async (one) => (await AssignmentFile.load("a", one)).names),
  {
    ...subject("TlsSettings", { verifyServer: true, minTlsVersion: "1.3" }, (one) => tlsProfile(one).minTlsVersion),
    plain: "whether it says something or was meant to makes a difference to what is trusted",
  },
  {
    ...named(
      "TLS of a proxy",
      subject("TlsSettings", { verifyServer: true }, (tls) => httpConnect({ host: "p", port: 1, tls }).name),
    ),
    plain: "likewise",
  },
  {
    ...subject(
      "CertificateName",
      { type: "DNS", name: "a.example" },
      (one) => tlsProfile({ verifyServerName: [one] }).verifyServerName,
    ),
    plain: "likewise",
  },
];
