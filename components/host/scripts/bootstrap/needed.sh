# shellcheck shell=sh
# Programs that a host needs beside Docker, each with the package of Debian and Ubuntu that has it.

# shellcheck disable=SC2034 # read by packages.sh and survey.sh
NEEDED='jq:jq curl:curl flock:util-linux crontab:cron ss:iproute2 ps:procps'
