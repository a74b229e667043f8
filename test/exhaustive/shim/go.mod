module slipway.dev/exhaustive-shim

go 1.22
