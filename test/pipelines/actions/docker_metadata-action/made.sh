# shellcheck shell=bash
# The outputs `tags` and `labels` of the rules in RULES, for IMAGE.
set -euo pipefail
[[ $FLAVOR == latest=false ]] || {
  echo "flavor \"$FLAVOR\" is not known here" >&2
  exit 1
}
branch='' version=''
[[ $GITHUB_REF != refs/heads/* ]] || branch=${GITHUB_REF#refs/heads/}
[[ $GITHUB_REF != refs/tags/v* ]] || version=${GITHUB_REF#refs/tags/v}
isDefault=false
[[ -z $branch || $branch != "$DEFAULT_BRANCH" ]] || isDefault=true

tag_of() {
  case ${1//'{{is_default_branch}}'/$isDefault} in
  type=raw,value=*,enable=true) printf '%s\n' "$1" | sed 's/.*value=\([^,]*\).*/\1/' ;;
  type=raw,value=*,enable=false) ;;
  type=sha,prefix=sha-,format=short | type=sha,prefix=sha-,format=short,enable=true) echo "sha-${GITHUB_SHA:0:7}" ;;
  type=sha,*,enable=false) ;;
  type=ref,event=branch) [[ -z $branch ]] || echo "${branch//\//-}" ;;
  'type=semver,pattern=v{{version}}') [[ -z $version ]] || echo "v$version" ;;
  *)
    echo "rule \"$1\" is not known here" >&2
    return 1
    ;;
  esac
}

tags=$(while IFS= read -r rule; do [[ -z $rule ]] || tag_of "$rule"; done <<<"$RULES")
echo 'tags<<END_OF_TAGS'
while IFS= read -r tag; do echo "$IMAGE:$tag"; done <<<"$tags"
echo END_OF_TAGS
echo 'labels<<END_OF_LABELS'
echo "org.opencontainers.image.revision=$GITHUB_SHA"
echo "org.opencontainers.image.version=$(tail -n 1 <<<"$tags")"
echo END_OF_LABELS
