/**
 * The libraries by name.
 *
 * @module
 */
import type { ClientName } from "../../job.ts";
import type { Client } from "./client.ts";

/** Loads one library and no other. */
export async function loadClient(name: ClientName): Promise<Client> {
  switch (name) {
    case "posthaste":
      return (await import("./posthaste.ts")).client;
    case "nodemailer":
      return (await import("./nodemailer.ts")).pooled;
    case "nodemailer-direct":
      return (await import("./nodemailer.ts")).direct;
    case "emailjs":
      return (await import("./emailjs.ts")).client;
    case "upyo":
      return (await import("./upyo.ts")).client;
  }
}
