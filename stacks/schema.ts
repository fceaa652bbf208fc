import { z } from "zod";
import { isBundle, shutsOut } from "../model/tls.ts";
import { AZ_ID } from "../model/zones.ts";
import { parseCidr } from "../model/cidr-plan.ts";
import { isIpv6Cidr } from "../model/ipv6.ts";
import { REPOSITORY } from "../model/git-names.ts";
import { KEY } from "../model/physical-name.ts";
import { printableLines } from "../model/printable.ts";
import { type Problem, show } from "../model/problem.ts";
import { SERVICE_NAME_EXAMPLE, parseServiceName } from "../model/service-name.ts";
import { NAME_LIMIT } from "../model/stack-name.ts";

/** The words of one rule, as a schema's error carries them. @param given in place of the value itself, where that says too much or too little */
export function must(allowed: string, wayOut: string, given?: string): string {
  return JSON.stringify({ allowed, wayOut, given });
}

/** Values that several programs' configurations hold, each with its rule. */
export const port = z
  .int(must("a whole number from 1 to 65535", "Give the TCP port that the service listens on."))
  .min(1, must("a port from 1 to 65535", "Give the TCP port that the service listens on."))
  .max(65535, must("a port from 1 to 65535", "Give the TCP port that the service listens on."));

export const azId = z
  .string()
  .regex(
    AZ_ID,
    must(
      "an AZ id such as use1-az1",
      "AZ names differ per account; find ids with: aws ec2 describe-availability-zones.",
    ),
  );

export const cidr = z.string().refine((text) => parseCidr(text) !== undefined, {
  error: must(
    "an IPv4 CIDR whose host bits are zero, such as 10.40.0.0/16",
    "Correct the address or its prefix length.",
  ),
  // What is no CIDR is not too wide a one as well.
  abort: true,
});

/** Of either family. */
export const anyCidr = z.string().refine((text) => parseCidr(text) !== undefined || isIpv6Cidr(text), {
  error: must(
    "a CIDR whose host bits are zero, such as 10.40.0.0/16 or 2001:db8::/32",
    "Correct the address or its prefix length.",
  ),
});

export const accountId = z
  .string()
  .regex(/^\d{12}$/, must("twelve digits, in quotes", 'Write account ids as text: "111122223333".'));

/** Longest key: resource names and Kubernetes labels, of at most 63 characters, derive from it. */
const KEY_LIMIT = 40;

export const key = z
  .string()
  .max(KEY_LIMIT, must(`at most ${KEY_LIMIT} characters`, "Shorten the key."))
  .regex(KEY, must("lower-case letters, digits and single hyphens, starting with a letter", "Rename the key."))
  // The one such word that every JavaScript object has an answer to, also where nobody gave it one.
  .refine((text) => text !== "constructor", must("any other key", "Rename the key."));

/** Text for people, in characters: what a terminal or a console would obey has no place in it. */
export function textForPeople({ min, max }: { readonly min: number; readonly max: number }): z.ZodString {
  return z
    .string()
    .min(min, must(`a text of at least ${min} characters`, "Write it for people."))
    .max(max, must(`a text of at most ${max} characters`, "Shorten it."))
    .refine(
      (text) => printableLines(text) === text && !/[\n\t]/.test(text),
      must("one line without control characters", "Remove them."),
    );
}

export const repository = z.string().regex(REPOSITORY.form, must(REPOSITORY.inWords, "Copy it from GitHub."));

export const pulumiOrganization = z
  .string()
  .regex(/^[a-zA-Z0-9][\w-]{1,39}$/, must("an organization in Pulumi Cloud, as its URL has it", "Copy it from there."));

export const isoDate = z.iso.date(must("a date such as 2026-12-31", "Write year, month and day."));

/** Permission for something that is not allowed otherwise, until a day. */
export const permission = z.strictObject({
  reason: textForPeople({ min: 10, max: 200 }),
  until: isoDate,
});

/** An AWS id such as `vpc-0123456789abcdef0`. */
export function awsId(prefix: string): z.ZodString {
  return z
    .string()
    .regex(
      new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`),
      must(`an id such as ${prefix}-0123456789abcdef0`, "Copy the id from the AWS console."),
    );
}

/** As AWS's console shows it. */
export const endpointServiceName = z
  .string()
  .refine(
    (text) => parseServiceName(text) !== undefined,
    must(
      `an endpoint service's name such as ${SERVICE_NAME_EXAMPLE}`,
      "Ask the customer for the Service name on the endpoint service's page.",
    ),
  );

export const principal = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:(root|role\/[\w+=,.@-]+|user\/[\w+=,.@-]+)$/,
    must(
      "the ARN of an account, role or user, without a path, such as arn:aws:iam::111122223333:root",
      'Name who may connect; "*" would open the service to every AWS account.',
    ),
  );

/** A DNS name of at least two labels, in lower case. */
export const dnsName = z
  .string()
  .max(253, must("at most 253 characters", "Correct the name."))
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
    must("a DNS name such as clickhouse.example.com, in lower case", "Correct the name."),
  );

export const awsRegion = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, must("an AWS region such as us-east-1", "Correct the region."));

/** By what clients of a service make sure that it is the service. */
export const tls = z
  .strictObject({
    /** The name that the service's certificate is for: never the endpoint's. */
    serverName: dnsName,
    /** PEM of who signed the certificate, where no public authority did. */
    caBundle: z
      .string()
      // Kubernetes keeps a ConfigMap up to 1 MiB, and a server may use several connections.
      .max(
        65_536,
        must("at most 65536 characters", "Give the authorities that sign this service's certificates, not all."),
      )
      .refine(isBundle, {
        error: must("X.509 certificates as PEM", "Paste them with their BEGIN and END lines, and nothing else."),
        abort: true,
      })
      .optional(),
  })
  .refine((value) => !shutsOut(value), {
    path: ["caBundle"],
    error: must(
      "an authority, or a certificate for the server name: this one would shut every client out",
      "Give the certificate of who signs, or correct the server name.",
    ),
  });

/** A value that another stack provides: full stack name, and the key of the record there. */
export const fromStack = z.strictObject({
  fromStack: z
    .string()
    .max(NAME_LIMIT, must(`at most ${NAME_LIMIT} characters`, "Copy it from pulumi stack ls."))
    .regex(
      /^[a-z0-9-]+\.[a-z0-9-]+(\.[a-z0-9-]+)?$/,
      must("a full stack name such as customer-services.demo.data", "Copy it from pulumi stack ls."),
    ),
  key,
});

/** A secret of this stack's configuration, by its key. */
export const secretReference = z.strictObject({
  secret: z
    .string()
    .regex(
      /^[a-z][A-Za-z0-9]*Secret$/,
      must(
        "the name of a top-level key that ends in Secret",
        "Set it with: pulumi config set --secret corpai:<name>Secret.",
      ),
    ),
});

/** A database inside a server of PostgreSQL: another name would be another, empty database. */
export const databaseName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,62}$/,
    must(
      "up to 63 lower-case letters, digits and underscores, starting with a letter",
      "Rename the database: PostgreSQL takes this form without quoting.",
    ),
  )
  .refine(
    (name) => !["postgres", "rdsadmin", "template0", "template1"].includes(name),
    must("a name that is not PostgreSQL's or RDS's own", "Rename the database."),
  );

/** A list in which nothing occurs twice: each element makes a resource, or a rule that AWS takes once. */
export function distinct<T extends z.ZodType>(what: string, element: T): z.ZodArray<T> {
  return z
    .array(element)
    .refine(
      (list) => new Set(list.map((one) => JSON.stringify(one))).size === list.length,
      must(`each ${what} once`, "Remove the duplicate."),
    );
}

/** A record by key, refused where it is empty. */
export function records<T extends z.ZodType>(what: string, value: T): z.ZodRecord<z.ZodString, T> {
  return z
    .record(key, value)
    .refine(
      (entries) => Object.keys(entries).length > 0,
      must(`at least one ${what}`, `Add a ${what}, or delete the file if the environment has none.`),
    );
}

const RULE_OF_CODE: Partial<
  Record<z.core.$ZodIssue["code"], (issue: z.core.$ZodIssue) => { allowed: string; wayOut: string }>
> = {
  invalid_type: (issue) => ({
    allowed: issue.code === "invalid_type" ? `a value of type ${issue.expected}` : "",
    wayOut: "Correct the value.",
  }),
  invalid_value: (issue) => ({
    allowed: issue.code === "invalid_value" ? issue.values.map(show).join(" or ") : "",
    wayOut: "Choose one of these.",
  }),
  invalid_union: () => ({
    allowed: "one of the forms that the schema describes",
    wayOut: "Compare with docs/configuration.md.",
  }),
};

/** Whether an issue's words are those of {@link must}. */
const isOurs = ({ message }: z.core.$ZodIssue): boolean => message.startsWith('{"allowed"');

function wordsOf(issue: z.core.$ZodIssue): {
  readonly allowed: string;
  readonly wayOut: string;
  readonly given?: string;
} {
  if (isOurs(issue)) return JSON.parse(issue.message) as { allowed: string; wayOut: string; given?: string };
  return RULE_OF_CODE[issue.code]?.(issue) ?? { allowed: issue.message, wayOut: "Correct the value." };
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, step) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );

const dotted = (namespace: string, path: readonly PropertyKey[]): string =>
  `${namespace === "" ? "" : `${namespace}:`}${path.map(String).join(".")}`;

/** A schema's verdict on a value, every problem at once. */
export function problemsOf(namespace: string, value: unknown, error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((unread) => ({
        property: dotted(namespace, [...issue.path, unread]),
        given: "a key that nobody reads",
        allowed: "only keys of the schema",
        wayOut: "Remove it, or correct its spelling (docs/configuration.md lists all keys).",
      }));
    }
    if (issue.code === "invalid_key") {
      return issue.issues.map((inner) => ({
        property: dotted(namespace, issue.path),
        given: show(issue.path.at(-1)),
        ...wordsOf(inner),
      }));
    }
    if (issue.code === "invalid_union" && !isOurs(issue)) {
      // The form that came furthest is the one that was meant; the others' complaints would only distract.
      const nearest = issue.errors.toSorted(
        (a, b) => a.length - b.length || (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0),
      )[0];
      if (nearest?.length) {
        const meant = nearest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
        return problemsOf(namespace, value, new z.ZodError(meant));
      }
    }
    const given = at(value, issue.path);
    return [{ property: dotted(namespace, issue.path), given: show(given), ...wordsOf(issue) }];
  });
}
