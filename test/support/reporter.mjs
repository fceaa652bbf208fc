import Mocha from "mocha";

/** Whether a run has come to its end, for test/run.mjs. */
export let counted = false;

/** Mocha's spec reporter, and as the last line the counts in a form that a script can read. */
export default class Reporter extends Mocha.reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
    counted = true;
  }
}
