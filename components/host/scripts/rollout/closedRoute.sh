# shellcheck shell=bash
# Maintenance: while an application is in it, the file of its route says that users get a page, with the status 503, and holds
# the route itself as comments. Everything else knows only the route itself: what is deployed, confirmed, compared and gone
# back to is the same with and without maintenance.
#   maintenance/APP.json       it is in maintenance: since when, by whom, and for whom it is not
#   maintenance/APP.html       what users get
#   maintenance/APP.changing   the proxy may not have read yet what the other two say
# Reads: PROXY, APP. Sets: INSTALLED.

# The page is for all but requests with the secret of this host (its verification), and users whose address is allowed, which is
# what the proxy takes for theirs behind others. Whoever sends "check" gets it, too. What is of a whole site stays of it; all the
# rest, as a redirect would come before the page otherwise, is one block. In a comment a backslash would reach the next line.
CLOSED_ROUTE='
  def indented: map("\t" + .);
  def block($head): ["\($head) {"] + indented + ["}"];
  def comment: "#| " + (gsub("%"; "%25") | gsub("\\\\"; "%5C"));
  def closed_to($allow):
    (["header X-Slipway-Maintenance {file./etc/caddy/verify}", "not header X-Slipway-Maintenance \"\""] | block("not"))
      + if $allow == [] then [] else ["client_ip \($allow | join(" "))", "not header X-Slipway-Maintenance check"] | block("not") end;
  def page($seconds):
    (["Retry-After \($seconds)", "Content-Type \"text/html; charset=utf-8\"", "Cache-Control no-store", "X-Slipway-Maintenance on"] | block("header"))
      + ["respond \"{file./etc/caddy/maintenance/\($app).html}\" 503"];
  def is_of_whole_site: test("^(@|(tls|bind|log|handle_errors)( |$))");
  # A line of a site has one tab or more before it, a line of a block in it ends as the rules of a directive say (routeText.sh).
  def closed_route($at):
    (rtrimstr("\n") | split("\n")) as $lines
    | reduce $lines[] as $line ({out: [], depth: 0};
        ($line | sub("^\t+"; "")) as $text
        | if .depth == 0 then
            .out += [$line] | if $text | endswith(" {") then . + {depth: 1, whole: [], rest: []} else . end
          elif .depth == 1 and $text == "}" then
            .out += (.whole + (((closed_to($at.allow) | block("@slipway~closed"))
              + (page($at.retryAfter) | block("handle @slipway~closed"))) | indented)
              + (["request_header -X-Slipway-Maintenance", "handle {"] + .rest + ["}"] | block("handle") | indented) + ["}"])
            | .depth = 0
          else
            (if .depth == 1 then .to = if $text | is_of_whole_site then "whole" else "rest" end else . end)
            | .[.to] += [$line]
            | .depth += if $text == "}" then -1 elif $text | endswith(" {") then 1 else 0 end
          end)
    | [($lines[] | comment), .out[]] | map("\(.)\n") | add;'

# closed_route TEXT STATE: the file of a route with this text in maintenance; STATE is JSON as in maintenance/APP.json.
closed_route() {
  printf '%s' "$1" | jq -jRs --arg app "$APP" --argjson at "$2" "$CLOSED_ROUTE closed_route(\$at)"
}

# as_installed TEXT: sets INSTALLED to what the file of a route with this text says now. Exit code 1: that is not known.
as_installed() {
  INSTALLED=$1
  if [ -z "$1" ] || ! in_maintenance; then return; fi
  text_of "$PROXY/maintenance/$APP.json"
  INSTALLED=$(closed_route "$1" "$TEXT" 2>/dev/null)$'\n'
}

# open_route: prints the text of the application's route, whatever its file makes of it; nothing where it has none.
open_route() {
  local file=$PROXY/routes/$APP.caddy text=''
  if [ ! -f "$file" ]; then return; fi
  IFS= read -r -d '' text <"$file" || true
  if [[ $text == '#| '* ]]; then sed -n 's/^#| //; T; s/%5C/\\/g; s/%25/%/g; p' <<<"$text"; else printf '%s' "$text"; fi
}
