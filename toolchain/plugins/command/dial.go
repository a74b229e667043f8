package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/retry"
	"golang.org/x/crypto/ssh"
)

const (
	defaultUser           = "root"
	defaultPort           = 22
	defaultDialErrorLimit = 10
	defaultPerDialTimeout = 15
)

// progress receives a line about every failed attempt.
type progress func(message string)

func (h *Hop) address() string { return net.JoinHostPort(h.Host, strconv.Itoa(int(h.Port))) }

func (h *Hop) limit() int {
	if h.DialErrorLimit == nil {
		return defaultDialErrorLimit
	}
	return *h.DialErrorLimit
}

// dial connects to the host, through the proxy if there is one. The returned function ends every connection made.
func (c *connection) dial(ctx context.Context, report progress) (*ssh.Client, func(), error) {
	config, err := c.clientConfig()
	if err != nil {
		return nil, nil, err
	}
	if c.Proxy == nil {
		client, err := retrying(ctx, "Dial", c.limit(), report, func() (*ssh.Client, error) {
			return ssh.Dial("tcp", c.address(), config)
		})
		if err != nil {
			return nil, nil, err
		}
		return client, func() { client.Close() }, nil
	}

	client, end, err := c.throughProxy(ctx, config, report)
	if err != nil {
		return nil, nil, fmt.Errorf("proxy: %w", err)
	}
	return client, end, nil
}

// throughProxy tries a failed handshake with the host again on the same tunnel, as the official plugin does; its second
// try finds the tunnel closed.
func (c *connection) throughProxy(
	ctx context.Context, config *ssh.ClientConfig, report progress,
) (*ssh.Client, func(), error) {
	proxyConfig, err := c.Proxy.clientConfig()
	if err != nil {
		return nil, nil, err
	}
	proxy, err := retrying(ctx, "Dial proxy", c.Proxy.limit(), report, func() (*ssh.Client, error) {
		return ssh.Dial("tcp", c.Proxy.address(), proxyConfig)
	})
	if err != nil {
		return nil, nil, err
	}
	tunnel, err := retrying(ctx, "Dial from proxy", c.limit(), report, func() (net.Conn, error) {
		return proxy.Dial("tcp", c.address())
	})
	if err != nil {
		proxy.Close()
		return nil, nil, err
	}
	client, err := retrying(ctx, "Dial", c.limit(), report, func() (*ssh.Client, error) {
		conn, channels, requests, err := ssh.NewClientConn(tunnel, c.address(), config)
		if err != nil {
			return nil, err
		}
		return ssh.NewClient(conn, channels, requests), nil
	})
	if err != nil {
		proxy.Close()
		return nil, nil, err
	}
	return client, func() { client.Close(); proxy.Close() }, nil
}

// retrying waits 0.1 s after the first failure and half as long again after each, to at most 5 s. The limit counts
// failures after which it still tries again; -1 never gives up. The context ends the waiting, not an attempt.
func retrying[T any](
	ctx context.Context, what string, limit int, report progress, attempt func() (T, error),
) (T, error) {
	var none T
	accepted, made, err := retry.Until(ctx, retry.Acceptor{
		Accept: func(try int, _ time.Duration) (bool, any, error) {
			made, err := attempt()
			if err == nil {
				return true, made, nil
			}
			if limit >= 0 && try >= limit {
				return true, nil, fmt.Errorf("after %d failed attempts: %w", try, err)
			}
			report(fmt.Sprintf("%s %d/%s failed: retrying", what, try+1, limitText(limit)))
			return false, nil, nil
		},
	})
	if err != nil {
		return none, err
	}
	if !accepted {
		return none, ctx.Err()
	}
	return made.(T), nil
}

func limitText(limit int) string {
	if limit < 0 {
		return "inf"
	}
	return strconv.Itoa(limit)
}
