package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

var manifestTypes = []string{
	"application/vnd.docker.distribution.manifest.v2+json",
	"application/vnd.docker.distribution.manifest.list.v2+json",
	"application/vnd.oci.image.manifest.v1+json",
	"application/vnd.oci.image.index.v1+json",
}

var challengeField = regexp.MustCompile(`(\w+)="([^"]*)"`)

// registryClient asks one registry over the distribution protocol, with basic or token authentication.
type registryClient struct {
	http   *http.Client
	scheme string
	auth   registryAuth
}

func newRegistryClient(scheme string, auth registryAuth, insecure bool) *registryClient {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: insecure} //nolint:gosec // the caller's choice
	return &registryClient{http: &http.Client{Transport: transport}, scheme: scheme, auth: auth}
}

// digest resolves a reference; the errors read like those of the official plugin.
func (c *registryClient) digest(ctx context.Context, image reference) (string, error) {
	digest, err := c.resolve(ctx, image)
	if err != nil {
		return "", fmt.Errorf("Got error when attempting to fetch image version %s:%s from registry: %w", //nolint:staticcheck
			image.Repository, image.Tag, err)
	}
	return digest, nil
}

func (c *registryClient) resolve(ctx context.Context, image reference) (string, error) {
	authorization := ""
	response, err := c.manifest(ctx, http.MethodHead, image, authorization)
	if err != nil {
		return "", err
	}
	if response.StatusCode == http.StatusUnauthorized {
		authorization, err = c.token(ctx, response, image)
		if err != nil {
			return "", err
		}
		if response, err = c.manifest(ctx, http.MethodHead, image, authorization); err != nil {
			return "", err
		}
	}
	if response.StatusCode != http.StatusOK {
		return "", errors.New("Got bad response from registry: " + response.Status) //nolint:staticcheck
	}
	if digest := response.Header.Get("Docker-Content-Digest"); digest != "" {
		return digest, nil
	}
	if response, err = c.manifest(ctx, http.MethodGet, image, authorization); err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return "", errors.New("Got bad response from registry: " + response.Status) //nolint:staticcheck
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(body)), nil
}

func (c *registryClient) manifest(
	ctx context.Context, method string, image reference, authorization string,
) (*http.Response, error) {
	address := fmt.Sprintf("%s://%s/v2/%s/manifests/%s", c.scheme, image.Registry, image.Repository, image.Tag)
	request, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, fmt.Errorf("Error creating registry request: %w", err) //nolint:staticcheck
	}
	request.Header["Accept"] = manifestTypes
	switch {
	case authorization != "":
		request.Header.Set("Authorization", authorization)
	case c.auth.Username != "":
		request.SetBasicAuth(c.auth.Username, c.auth.Password)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("Error during registry request: %w", err) //nolint:staticcheck
	}
	if method == http.MethodHead {
		response.Body.Close()
	}
	return response, nil
}

// token follows a Bearer challenge; any other refusal means that the credentials are wrong.
func (c *registryClient) token(ctx context.Context, refused *http.Response, image reference) (string, error) {
	challenge := refused.Header.Get("WWW-Authenticate")
	fields := map[string]string{}
	for _, match := range challengeField.FindAllStringSubmatch(challenge, -1) {
		fields[match[1]] = match[2]
	}
	if !strings.HasPrefix(strings.ToLower(challenge), "bearer ") || fields["realm"] == "" {
		return "", errors.New("bad credentials: " + refused.Status)
	}
	if fields["scope"] == "" {
		fields["scope"] = "repository:" + image.Repository + ":pull"
	}
	query := url.Values{"service": {fields["service"]}, "scope": {fields["scope"]}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fields["realm"]+"?"+query.Encode(), nil)
	if err != nil {
		return "", fmt.Errorf("Error creating registry request: %w", err) //nolint:staticcheck
	}
	if c.auth.Username != "" {
		request.SetBasicAuth(c.auth.Username, c.auth.Password)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return "", fmt.Errorf("Error during registry request: %w", err) //nolint:staticcheck
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", errors.New("Got bad response from registry: " + response.Status) //nolint:staticcheck
	}
	var answer struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", fmt.Errorf("Error parsing OAuth token response: %w", err) //nolint:staticcheck
	}
	if answer.Token == "" {
		answer.Token = answer.AccessToken
	}
	return "Bearer " + answer.Token, nil
}
