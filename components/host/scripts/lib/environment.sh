# shellcheck shell=bash
# What the caller's session must not decide: how text is compared, sorted and counted, and what time it is.

export LC_ALL=C TZ=UTC
unset CDPATH GREP_OPTIONS POSIXLY_CORRECT BLOCK_SIZE DF_BLOCK_SIZE
