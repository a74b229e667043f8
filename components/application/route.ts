/** What the proxy does for an application, as data; a host renders its Caddyfile from it. */
export interface Route {
  /** Milliseconds for which requests are held while nobody answers. */
  hold: number;
  sites: {
    scheme: "http" | "https";
    host: string;
    /** Lines of a Caddyfile that this site gets as well, like `header X-Frame-Options DENY`; blocks are closed again. */
    directives?: string[] | undefined;
    /** Requests that the proxy answers itself: of one path, or of all; `to` without a path keeps that of the request. */
    redirects?: { path?: string | undefined; to: string; code: number }[] | undefined;
  }[];
  /** The longest path first; a service is there once for each of its routes. */
  services: {
    name: string;
    /** File from which the proxy reads the address that takes the traffic. */
    upstream: string;
    /** Containers among which requests are shared; those after the first have files of their own, `upstream~2` and so on. Absent: 1. */
    replicas?: number | undefined;
    /** Prefix of its requests, without a slash at the end. Absent: all others. */
    path?: string | undefined;
    /** It gets the path without that prefix. */
    strip?: boolean | undefined;
    /** The sites whose requests it gets, like `shop.example.com` or `http://shop.home`. Absent: all of them. */
    sites?: string[] | undefined;
    /** Users who may send requests; `file` holds the secret, below the application's folder `secrets/`. */
    logins?: { user: string; file: string; hashed?: boolean | undefined }[] | undefined;
    /** Headers of its answers; without a value one is taken away. */
    headers?: { name: string; value?: string | undefined }[] | undefined;
    /** Bytes of a request's body. */
    maxBody?: number | undefined;
  }[];
}
