package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// clientConfig offers the private key first, then the password, then the agent's keys. Without a host key the server's
// identity is not checked; with one, the server is asked for a key of its type alone. For ssh-rsa that name is also the
// SHA-1 signature's, which today's servers do not give.
func (h *Hop) clientConfig() (*ssh.ClientConfig, error) {
	config := &ssh.ClientConfig{
		User:            h.User,
		HostKeyCallback: ssh.InsecureIgnoreHostKey(),
		Timeout:         defaultPerDialTimeout * time.Second,
	}
	if h.PerDialTimeout != nil {
		config.Timeout = time.Duration(*h.PerDialTimeout) * time.Second
	}
	if h.HostKey != nil {
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*h.HostKey))
		if err != nil {
			return nil, fmt.Errorf("failed to parse host key: %w", err)
		}
		config.HostKeyCallback = ssh.FixedHostKey(key)
		config.HostKeyAlgorithms = []string{key.Type()}
	}
	if h.PrivateKey != nil {
		signer, err := h.signer()
		if err != nil {
			return nil, err
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	if h.Password != nil {
		config.Auth = append(config.Auth, ssh.Password(*h.Password), ssh.KeyboardInteractive(h.answer))
	}
	if socket := h.agentSocket(); socket != "" {
		conn, err := net.Dial("unix", socket)
		if err != nil {
			return nil, err
		}
		config.Auth = append(config.Auth, ssh.PublicKeysCallback(agent.NewClient(conn).Signers))
	}
	return config, nil
}

func (h *Hop) signer() (ssh.Signer, error) {
	if h.PrivateKeyPassword != nil {
		return ssh.ParsePrivateKeyWithPassphrase([]byte(*h.PrivateKey), []byte(*h.PrivateKeyPassword))
	}
	return ssh.ParsePrivateKey([]byte(*h.PrivateKey))
}

func (h *Hop) answer(_, _ string, questions []string, _ []bool) ([]string, error) {
	answers := make([]string, len(questions))
	for index := range questions {
		answers[index] = *h.Password
	}
	return answers, nil
}

func (h *Hop) agentSocket() string {
	if h.AgentSocketPath != nil {
		return *h.AgentSocketPath
	}
	return os.Getenv("SSH_AUTH_SOCK")
}
