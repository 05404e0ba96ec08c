import { AppError } from "../core/error.ts";
import type { Person } from "../core/task.ts";

/** A person's wish to stop, as the reason of an aborted signal. */
export class Cancellation extends AppError {
  readonly by: Person;

  constructor(by: Person) {
    super("cancelled", `Cancelled by ${by.name}.`);
    this.by = by;
  }
}

/** A stop in the middle for a question about the task itself: nothing is recorded of it but the question. */
export class Pause extends AppError {
  constructor() {
    super("cancelled", "Paused for a question.");
  }
}
