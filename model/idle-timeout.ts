/**
 * After how many seconds without a packet a TCP connection is forgotten.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html
 */
export const MINIMUM_IDLE_SECONDS = 60;
export const MAXIMUM_IDLE_SECONDS = 6000;

/** AWS's default for a listener, and what PrivateLink itself does: a longer one at the listener alone keeps nothing alive. */
export const PRIVATELINK_IDLE_SECONDS = 350;
