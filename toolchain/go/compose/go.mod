module slipway.dev/toolchain/compose

go 1.25.0

require github.com/docker/compose/v2 v2.40.3
