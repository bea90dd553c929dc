/**
 * Undoes what a script may have left in the session (search path, role, time-outs, prepared statements), so that
 * neither the bookkeeping nor what runs next inherits it. Inside a transaction it takes effect at once and is itself
 * rolled back with the rest.
 */
export const resetSettings =
  "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; CLOSE ALL; DEALLOCATE ALL; UNLISTEN *";

/** The same, at the end of a script: what only it can use is dropped as well. */
export const leaveNoTrace = `${resetSettings}; DISCARD TEMP`;

/** Deferred constraints are part of the verdict on a transaction, so they are forced before the checks. */
export const forceConstraints = "SET CONSTRAINTS ALL IMMEDIATE";

/**
 * Clean-up and bookkeeping are not subject to the time-outs of migrations, since waiting there holds up nobody; but a
 * run that waits for ever for a forgotten transaction would hold the run's lock as long.
 */
export const takeTime = "SET lock_timeout = 60000; SET statement_timeout = 0";
