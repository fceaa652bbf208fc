import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";

const ITERATIONS = 1_000_000;
const KEY_BYTES = 32;
const SALT_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What Pulumi encrypts beside a salt, to tell a wrong passphrase. */
const KNOWN_TEXT = "pulumi";

/**
 * Pulumi's passphrase encryption, for made-up values only: `pulumi config set --secret` would need each stack to be there already.
 *
 * https://github.com/pulumi/pulumi/blob/master/pkg/secrets/passphrase/manager.go
 */
export class PassphraseCrypter {
  /** For the stack's file: what the key is derived from, and the known text. */
  readonly encryptionSalt: string;
  readonly #key: Buffer;

  /** @param encryptionSalt of a file to go on with; without one, a new one is made */
  constructor(passphrase: string, encryptionSalt?: string) {
    const salt =
      encryptionSalt === undefined
        ? randomBytes(SALT_BYTES)
        : Buffer.from(encryptionSalt.split(":")[1] ?? "", "base64");
    this.#key = pbkdf2Sync(passphrase, salt, ITERATIONS, KEY_BYTES, "sha256");
    this.encryptionSalt = encryptionSalt ?? `v1:${salt.toString("base64")}:${this.encrypt(KNOWN_TEXT)}`;
    if (this.decrypt(this.encryptionSalt.split(":").slice(2).join(":")) !== KNOWN_TEXT)
      throw new Error("the salt is not one of Pulumi's");
  }

  encrypt(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }

  /** @throws {Error} where it was encrypted by another passphrase */
  decrypt(secure: string): string {
    const [nonce = Buffer.of(), sealed = Buffer.of()] = secure
      .split(":")
      .slice(1)
      .map((part) => Buffer.from(part, "base64"));
    const decipher = createDecipheriv("aes-256-gcm", this.#key, nonce).setAuthTag(sealed.subarray(-TAG_BYTES));
    return decipher.update(sealed.subarray(0, -TAG_BYTES)).toString("utf8") + decipher.final("utf8");
  }
}
