/** A time as a string in GitHub's form: whole seconds, UTC. */
export type Time = string;
