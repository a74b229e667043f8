# shellcheck shell=bash
# A Compose file as Slipway writes it, read without Compose: with `include`, `extends` or a file of variables Compose
# would read files of the host, or fetch others, before anybody could judge what comes out.

# composed: the scalars of a text, as [[place], value]; an error for everything that the renderer does not write: flow
# collections, anchors, tags, comments, several documents, texts without quotes.
# shellcheck disable=SC2016 # jq's variables
COMPOSE_TEXT='
  def logical_lines:
    reduce (rtrimstr("\n") | split("\n")[]) as $line ({done: [], open: null};
      (if .open == null then $line else "\(.open)\n\($line)" end) as $text
      | if $text | test("\\A(?:[^\"]|\"(?:[^\"\\\\]|\\\\(?:.|\\n))*\")*\\z") then .done += [$text] | .open = null
        else .open = $text end)
    | if .open == null then .done else error("a text without an end") end;
  def words: capture("\\A(?<indent> *)(?<dashes>(?:- )*)(?:(?<key>[A-Za-z0-9_./$~][A-Za-z0-9_./$~@+=()-]*|\"(?:[^\"\\\\]|\\\\.)*\"):(?: |\\z))?(?<value>\"(?:[^\"\\\\]|\\\\(?:.|\\n))*\"|-?[0-9][A-Za-z0-9_.+-]*|true|false|null|\\{\\}|\\[\\])?\\z")
    // error("line \(tojson | .[:80]) is not as Slipway writes it");
  def text: if . == null then null elif startswith("\"") then try fromjson catch error("the name \(.[:80]) is not as Slipway writes it") else . end;
  def value: if . == null then null elif startswith("\"") then try fromjson catch null else . end;
  def shrunk($column): until(.stack == [] or .stack[-1].column <= $column; .stack |= .[:-1]);
  def enter($column; $list):
    shrunk($column)
    | if .stack != [] and .stack[-1].column == $column and .stack[-1].list == $list then .
      elif .pending != null and (.stack == [] or .stack[-1].column < $column)
      then .stack += [{column: $column, list: $list, path: .pending, count: -1}] | .pending = null
      else error("indentation at \(.pending // .stack[-1].path | tojson | .[:80]) is not as Slipway writes it") end;
  def composed:
    [reduce (logical_lines[] | words) as $line ({stack: [], pending: [], found: []};
      ($line.indent | length) as $indent | ($line.dashes | length / 2) as $dashes
      | reduce range($dashes) as $at (.;
          enter($indent + $at * 2; true) | .stack[-1].count += 1 | .pending = .stack[-1].path + [.stack[-1].count])
      | if $line.key != null then
          enter($indent + $dashes * 2; false) | .pending = .stack[-1].path + [$line.key | text]
        elif $dashes == 0 then error("a line without a name: \($line.value | tojson | .[:80])") else . end
      | .found += [[.pending, ($line.value | value)]]
      | if $line.value != null then .pending = null else . end)
    | .found[]]
    | if (map(.[0]) | length) != (map(.[0]) | unique | length) then error("a name is there twice") else . end;'
