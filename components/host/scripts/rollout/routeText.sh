# shellcheck shell=bash
# The proxy's configuration of an application, rendered from what manifests say of its route. Each value is checked
# against the characters that it may have: nothing in a manifest can end the place that it is written to.
# Reads: APP.

# While a release is verified, requests with the secret of this host (proxy/verify) go to its new containers, whose
# addresses are in the files *.next; users cannot reach them. An empty header never counts, as a file that is missing
# reads as nothing. The whole address is a placeholder behind "tcp/", as Caddy takes it for a name and appends a port
# otherwise. Connections to containers are not kept, so that an open one is a request in flight. Those of the
# verification are not held: it asks again by itself.
ROUTE_TEXT='
  def refuse($place; $problem):
    ("\($place): \(tojson | if length > 80 then .[0:80] + "…" else . end) \($problem)" | halt_error(1));
  def word($place; $rule; $problem):
    if type == "string" and test("\\A(?:" + $rule + ")\\z") then . else refuse($place; $problem) end;

  def address: if .scheme == "http" then "http://\(.host)" else .host end;

  def path_rule: "/(?:[!#$%&()*+,./:;<=>?@^_|~0-9A-Za-z\\[\\]-]|\\p{L}|\\p{N})*";

  # A directive may open a block and close it again, and do no more.
  def directives($place):
    "(?:\"(?![{}]\")[^\"\\\\]*\"|(?![{}](?: |\\z)|<<)[^ \"#\\\\\\x60][^ \\\\]*(?:\\\\[^ ][^ \\\\]*)*)" as $word
    | reduce .[] as $line (0;
        ($line | word($place; "[\\t -~]*"; "has characters that a line of a directive cannot have")
          | gsub("\\t"; " ") | gsub("\\A +| +\\z"; "")
          | if test("\\{\\$|\\Aimport(?: |\\z)") then refuse($place; "takes text from elsewhere; write that text here") else . end) as $text
        | if $text == "}" and . > 0 then . - 1
          elif $text | test("\\A" + $word + "(?: +" + $word + ")*(?: +\\{)?\\z")
          then . + if $text | endswith(" {") then 1 else 0 end
          else $text | refuse($place; "is not a whole line: quotes and braces are closed, comments are left out") end)
    | if . == 0 then empty else refuse($place; "blocks stay open") end;

  # What the proxy would replace by something else ({…}) can be in none of these.
  def redirect($place):
    (.path // "/" | word("\($place).path"; path_rule; "is not a path") | empty),
    (.to | word("\($place).to"; "(?=.)(?:https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)?(?:\(path_rule))?"; "is neither a URL nor a path") | empty),
    (.code | if . == 301 or . == 302 or . == 303 or . == 307 or . == 308 then empty else refuse("\($place).code"; "is not the status of a redirect") end);
  def login($place):
    (.user | word("\($place).user"; "[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}"; "is not the name of a user") | empty),
    (.file | word("\($place).file"; "[0-9a-f]{1,64}/[A-Za-z0-9_]{1,200}"; "is not a file of a secret") | empty);
  def header($place):
    (.name | word("\($place).name"; "[!#$%&*+.^_|~0-9A-Za-z-]{1,200}"; "is not the name of a header") | empty),
    (.value // "x" | word("\($place).value"; "[^\\p{Cc}{}\\\\]{1,1000}"; "is not the value of a header") | empty);
  def site($place):
    (.scheme | if . == "http" or . == "https" then empty else refuse("\($place).scheme"; "is neither http nor https") end),
    (.host | word("\($place).host"; "(?:\\*\\.)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"; "is not a domain") | empty),
    (.directives // [] | directives("\($place).directives")),
    (.redirects // [] | to_entries[] | .key as $at | .value | redirect("\($place).redirects[\($at)]"));
  def service($place):
    (.name | word("\($place).name"; "[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"; "is not the name of a service") | empty),
    (.name | if endswith(".next") then refuse("\($place).name"; "cannot end with .next") else empty end),
    (.name as $name | .upstream | if type == "string" and (. == "\($app).\($name)" or (startswith("\($app).\($name)@") and test("@[1-9][0-9]{0,4}\\z")))
      then empty else refuse("\($place).upstream"; "is not \($app).\($name)") end),
    (.path // "" | word("\($place).path"; "|\(path_rule)"; "is not a path") | empty),
    (.logins // [] | to_entries[] | .key as $at | .value | login("\($place).logins[\($at)]")),
    (.headers // [] | to_entries[] | .key as $at | .value | header("\($place).headers[\($at)]")),
    (.replicas | if . == null or (type == "number" and . == floor and . > 0 and . <= 30) then empty else refuse("\($place).replicas"; "is not a number of containers") end),
    (.maxBody | if . == null or (type == "number" and . == floor and . > 0 and . <= 10000000000000) then empty else refuse("\($place).maxBody"; "is not a number of bytes") end),
    (.strip | if . == null or . == true or . == false then empty else refuse("\($place).strip"; "is neither true nor false") end),
    (.sites | if . == null or type == "array" then empty else refuse("\($place).sites"; "is not a list") end);
  # Users of a site that nobody answers would get nothing, and the status 200.
  def sites_are_known:
    [.sites[] | address] as $all
    | .services | to_entries[] | .key as $at | .value.sites // [] | .[]
    | if . as $site | $all | index([$site]) then empty else refuse("services[\($at)].sites"; "is not one of its sites") end;
  def sound:
    if . == null then . else
      (.hold | if type == "number" and . == floor and . >= 0 and . <= 86400000 then empty else refuse("hold"; "is not a time in milliseconds") end),
      (.sites | to_entries[] | .key as $at | .value | site("sites[\($at)]")),
      (.services | to_entries[] | .key as $at | .value | service("services[\($at)]")),
      sites_are_known,
      .
    end;

  def indented: map("\t" + .);
  def block($head): ["\($head) {"] + indented + ["}"];
  # A prefix that is taken away is told, as the service has to write it into its links. Of several containers one may be gone:
  # a request that meets its address goes to another one soon, and no more of them do while one waits.
  def proxied($files; $hold; $stripped):
    ($files | length > 1) as $several |
    ($stripped | map("header_up X-Forwarded-Prefix \(.)")) + ($hold | map("lb_try_duration \(.)ms", "lb_try_interval 100ms"))
      + if $several then ["lb_policy least_conn"] else [] end
      + ["stream_close_delay 5m"] + (["keepalive off", "dial_timeout \(if $several then "250ms" else "2s" end)"] | block("transport http"))
    | ($stripped | map("uri strip_prefix \(.)")) + block("reverse_proxy \($files | map("tcp/{file./etc/caddy/upstreams/\(.)}") | join(" "))");
  # Sent when the answer is, in place of what the service sends.
  def treated($checks_login):
    (.headers // [] | if . == [] then [] else
        (map(if .value then ">\(.name) \"\(.value | gsub("\""; "\\\""))\"" else "-\(.name)" end) + ["defer"]) | block("header") end)
    + (if .maxBody then ["max_size \(.maxBody)"] | block("request_body") else [] end)
    + (.logins // [] | if . == [] or ($checks_login | not) then [] else
        map("\(.user) {file./etc/caddy/logins/\($app).\(.file | split("/")[0])}") | block("basic_auth") end);
  # A path is that path alone. Without a path of its own, it leads to that of the request.
  def redirects($which):
    . // [] | to_entries | map(
        .key as $at | .value
        | (.to | if test("\\Ahttps?://[^/]*\\z") then "\(.){uri}" else . end) as $to
        | if .path then "@\($which)~redirect\($at + 1) path \(.path)", "redir @\($which)~redirect\($at + 1) \($to) \(.code)"
          else "redir \($to) \(.code)" end);
  # Each of several containers is verified by itself.
  def upstreams($suffix): [.upstream + $suffix] + if $suffix != "" then [] else .upstream as $name | [range(2; (.replicas // 1) + 1) | "\($name)~\(.)"] end;
  # A service is there once for each of its routes: each has a matcher of its own.
  def services($site; $which; $suffix; $hold; $alone):
    (.services | map(select(.sites == null or (.sites | index([$site])))) | map(.path |= (. // "" | sub("/+\\z"; "")))
      | sort_by(-(.path | length))) as $services
    | $services | to_entries | map(
        .key as $at | .value as {$name, $path, $strip}
        | ([$services[:$at][] | select(.name == $name)] | length) as $others
        | "@\($which).\($name)\(if $others > 0 then "~\($others + 1)" else "" end)" as $matcher
        | (.value | treated($alone)) + proxied(.value | upstreams($suffix); $hold; [$path | select($strip == true and . != "")])
        | if $path != "" then ["\($matcher) path \($path) \($path)/*"] + block("handle \($matcher)")
          elif ($services | length) > 1 or ($alone | not) then block("handle")
          else . end)
    | add // [];

  # The secret of this host lets requests of the verification in where others need a login.
  def verified($site; $redirects):
    (["header X-Slipway-Verify {file./etc/caddy/verify}", "not header X-Slipway-Verify \"\""] | block("@verification"))
      + (["@next path /.well-known/slipway-verification"] + (["respond candidate"] | block("handle @next"))
          + $redirects + ["request_header -X-Slipway-Verify"] + services($site; "next"; ".next"; []; false) | block("handle @verification"));
  def of($wanted): (.sites // [] | map(select(address == $wanted)))[0];

  # What users get, and what is verified: each is what a manifest has as its route, or null.
  def route($now; $soon): [$now, $soon] | map(sound) as [$live, $candidate]
  | ($live // $candidate) as $first
  | [$first, $candidate | .sites // [] | .[] | address]
  | reduce .[] as $address ([]; if index([$address]) then . else . + [$address] end)
  | map(
      . as $address
      | ($live | of($address)) as $now | ($candidate | of($address)) as $next
      | (if $now then $live else $candidate end) as $route
      | ($route | services($address; "live"; ""; [.hold]; true)) as $served
      | (($now // $next).redirects | redirects("live")) as $redirected
      | ($candidate // {services: []} | services($address; "next"; ".next"; []; false)) as $new
      | ($now // $next).directives // []
      | . + if $redirected != [] and $served + $new == [] then $redirected
          elif $next then ($candidate | verified($address; $next.redirects | redirects("next"))) + ($redirected + $served | block("handle"))
          else $redirected + $served end
      | block($address))
  | add // [] | map("\(.)\n") | add // "";'

# route_text LIVE CANDIDATE: the Caddyfile of the application. Both are what a manifest has as its route, or null: what
# users get, and what is verified.
route_text() {
  local text
  if text=$(printf '%s\n' "$1" "$2" | jq -nj --arg app "$APP" "$ROUTE_TEXT [inputs] as [\$now, \$soon] | route(\$now; \$soon)" 2>&1); then
    if [ -n "$text" ]; then printf '%s\n' "$text"; fi
    return
  fi
  fail "the route of $APP cannot be rendered: $text"
}
