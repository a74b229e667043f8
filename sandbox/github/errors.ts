/** One entry of the `errors` list in GitHub's answer to a request that is well-formed but not acceptable. */
interface FieldError {
  resource: string;
  code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  field?: string;
  message?: string;
}

/** An error answer in GitHub's words. The server adds `documentation_url`. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: readonly (FieldError | string)[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    errors?: readonly (FieldError | string)[],
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

export const notFound = (message = "Not Found"): ApiError => new ApiError(404, message);
export const forbidden = (message: string): ApiError => new ApiError(403, message);
export const conflict = (message: string): ApiError => new ApiError(409, message);

/** 422 with only a message. */
export const unprocessable = (message: string): ApiError => new ApiError(422, message);

/** Prefix of the 422 that any call may return, for a request that does not match the description. */
export const invalid = "Invalid request.\n\n";
export const invalidRequest = (what: string): ApiError => new ApiError(422, `${invalid}${what}`);

/** 422 for values that the description allows but GitHub does not. */
export const validationFailed = (...errors: (FieldError | string)[]): ApiError =>
  new ApiError(422, "Validation Failed", errors);

/** 422 with a sentence for one field. */
export const refused = (resource: string, field: string, message: string): ApiError =>
  validationFailed({ resource, code: "custom", field, message });

/** 501: the sandbox has no such call. */
export const notHandled = (what: string): ApiError =>
  new ApiError(501, `The sandbox's GitHub does not handle ${what}.`);
