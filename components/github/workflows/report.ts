/** Reports `path: value problem; remedy`, like the other errors of a declaration. */
export type Report = (path: string, value: unknown, problem: string) => void;
