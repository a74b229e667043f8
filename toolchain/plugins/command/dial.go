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
			return dialTCP(ctx, c.address(), config)
		})
		if err != nil {
			return nil, nil, err
		}
		return client, func() { client.Close() }, nil
	}

	proxyConfig, err := c.Proxy.clientConfig()
	if err != nil {
		return nil, nil, fmt.Errorf("proxy: %w", err)
	}
	proxy, err := retrying(ctx, "Dial proxy", c.Proxy.limit(), report, func() (*ssh.Client, error) {
		return dialTCP(ctx, c.Proxy.address(), proxyConfig)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("proxy: %w", err)
	}
	client, err := retrying(ctx, "Dial from proxy", c.limit(), report, func() (*ssh.Client, error) {
		tunnel, err := proxy.DialContext(ctx, "tcp", c.address())
		if err != nil {
			return nil, err
		}
		return handshake(ctx, tunnel, c.address(), config)
	})
	if err != nil {
		proxy.Close()
		return nil, nil, fmt.Errorf("proxy: %w", err)
	}
	return client, func() { client.Close(); proxy.Close() }, nil
}

func dialTCP(ctx context.Context, address string, config *ssh.ClientConfig) (*ssh.Client, error) {
	dialer := net.Dialer{Timeout: config.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return handshake(ctx, conn, address, config)
}

func handshake(ctx context.Context, conn net.Conn, address string, config *ssh.ClientConfig) (*ssh.Client, error) {
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	client, channels, requests, err := ssh.NewClientConn(conn, address, config)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return ssh.NewClient(client, channels, requests), nil
}

// retrying waits 0.1 s after the first failure and half as long again after each, to at most 5 s. The limit counts
// failures after which it still tries again; -1 never gives up.
func retrying(
	ctx context.Context, what string, limit int, report progress, attempt func() (*ssh.Client, error),
) (*ssh.Client, error) {
	accepted, client, err := retry.Until(ctx, retry.Acceptor{
		Accept: func(try int, _ time.Duration) (bool, any, error) {
			client, err := attempt()
			if err == nil {
				return true, client, nil
			}
			if ctx.Err() != nil {
				return true, nil, ctx.Err()
			}
			if limit >= 0 && try >= limit {
				return true, nil, fmt.Errorf("after %d failed attempts: %w", try, err)
			}
			report(fmt.Sprintf("%s %d/%s failed: retrying", what, try+1, limitText(limit)))
			return false, nil, nil
		},
	})
	if err != nil {
		return nil, err
	}
	if !accepted {
		return nil, ctx.Err()
	}
	return client.(*ssh.Client), nil
}

func limitText(limit int) string {
	if limit < 0 {
		return "inf"
	}
	return strconv.Itoa(limit)
}
