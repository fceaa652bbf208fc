/** What kind of environment it is: the one thing that decides how much its data is worth. `environments.yaml` gives each its class. */
export const ENVIRONMENT_CLASSES = ["demo", "dev", "staging", "prod"] as const;
export type EnvironmentClass = (typeof ENVIRONMENT_CLASSES)[number];

/** How what holds data is kept, by class of environment. */
export interface Protection {
  /** Whether a database has a standby in a second AZ. */
  readonly multiAz: boolean;
  /** Days for which automatic backups are kept. */
  readonly backupDays: number;
  /** Whether neither Pulumi nor AWS deletes or replaces it before somebody has lifted that. */
  readonly protect: boolean;
  /** Whether a last snapshot is taken when it is deleted all the same. */
  readonly finalSnapshot: boolean;
  /** Whether its encryption keys stay in AWS when Pulumi lets go of them: without them no snapshot can be read. */
  readonly retainKeys: boolean;
  /** Days between a key's deletion and its end, 7 to 30: the time in which somebody may still notice. */
  readonly keyDeletionDays: number;
  /** Days for which logs are kept; one of CloudWatch's steps. */
  readonly logDays: number;
  /** Seconds between two measurements by the operating system; 0 for none. */
  readonly monitoringSeconds: 0 | 60;
}

/** The one table of protection and retention. Demo and dev hold nothing that could not be made again; staging is as prod, but smaller and for less long. */
const PROTECTION = {
  demo: {
    multiAz: false,
    backupDays: 1,
    protect: false,
    finalSnapshot: false,
    retainKeys: false,
    keyDeletionDays: 7,
    logDays: 7,
    monitoringSeconds: 0,
  },
  dev: {
    multiAz: false,
    backupDays: 7,
    protect: false,
    finalSnapshot: false,
    retainKeys: false,
    keyDeletionDays: 7,
    logDays: 30,
    monitoringSeconds: 0,
  },
  staging: {
    multiAz: true,
    backupDays: 7,
    protect: true,
    finalSnapshot: true,
    retainKeys: true,
    keyDeletionDays: 30,
    logDays: 90,
    monitoringSeconds: 60,
  },
  prod: {
    multiAz: true,
    backupDays: 35,
    protect: true,
    finalSnapshot: true,
    retainKeys: true,
    keyDeletionDays: 30,
    logDays: 365,
    monitoringSeconds: 60,
  },
} as const satisfies Record<EnvironmentClass, Protection>;

/**
 * How long a target is given to become healthy, where its service does not say: as long as AWS's own three checks take. A demo goes by the sandbox's clock,
 * for which nobody waits.
 */
export const secondsToHealth = (environmentClass: EnvironmentClass): number => (environmentClass === "demo" ? 0 : 90);

/** Permission to give up protection until a day. */
export interface Release {
  readonly reason: string;
  /** ISO date, the last day. */
  readonly until: string;
}

/** Whether the protection of one thing is lifted today. @param today ISO date */
export const isReleased = ({ release }: { readonly release?: Release | undefined }, today: string): boolean =>
  release !== undefined && release.until >= today;

/** @param released whether somebody has lifted the protection of this one thing; its final snapshot is taken all the same */
export function protectionOf(environmentClass: EnvironmentClass, released = false): Protection {
  const protection = PROTECTION[environmentClass];
  return released ? { ...protection, protect: false } : protection;
}
