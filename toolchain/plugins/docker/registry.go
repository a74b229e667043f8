package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
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

// The one kind of manifest that a second try asks for.
const oldManifestType = "application/vnd.docker.distribution.manifest.v1+prettyjws"

// registryClient asks one registry over the distribution protocol, with basic or token authentication, as the official
// plugin does: its errors read alike, and it fails where that fails.
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

// digest resolves a reference; whatever the first try failed of, there is a second.
func (c *registryClient) digest(ctx context.Context, image reference) (string, error) {
	digest, err := c.resolve(ctx, image, manifestTypes)
	if err != nil {
		digest, err = c.resolve(ctx, image, []string{oldManifestType})
	}
	if err != nil {
		return "", fmt.Errorf("Got error when attempting to fetch image version %s:%s from registry: %w", //nolint:staticcheck
			image.Repository, image.Tag, err)
	}
	return digest, nil
}

// resolve asks for the manifest's head. The manifest itself is asked for only where the registry gave a token: with no
// login, or one that is taken at once, a registry that tells no digest is of no use.
func (c *registryClient) resolve(ctx context.Context, image reference, accept []string) (string, error) {
	response, err := c.manifest(ctx, http.MethodHead, image, accept, c.authorization(image.Registry))
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusUnauthorized {
		return digestOf(response)
	}
	token, err := c.token(ctx, response, image)
	if err != nil {
		return "", err
	}
	if response, err = c.manifest(ctx, http.MethodHead, image, accept, token); err != nil {
		return "", err
	}
	digest, err := digestOf(response)
	if err == nil || response.StatusCode != http.StatusOK {
		return digest, err
	}
	if response, err = c.manifest(ctx, http.MethodGet, image, accept, token); err != nil {
		return "", err
	}
	return digestOf(response)
}

func digestOf(response *http.Response) (string, error) {
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", errors.New("Got bad response from registry: " + response.Status) //nolint:staticcheck
	}
	if digest := response.Header.Get("Docker-Content-Digest"); digest != "" {
		return digest, nil
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || len(body) == 0 {
		return "", fmt.Errorf("Error reading registry response body: %v", err) //nolint:staticcheck
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(body)), nil
}

// authorization is the login as it is first sent. Some registries take a password as a token.
func (c *registryClient) authorization(registry string) string {
	if c.auth.Username == "" {
		return ""
	}
	if registry == "ghcr.io" || registry == "gcr.io" || strings.HasSuffix(registry, ".azurecr.io") {
		return "Bearer " + base64.StdEncoding.EncodeToString([]byte(c.auth.Password))
	}
	return basic(c.auth)
}

func basic(auth registryAuth) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(auth.Username+":"+auth.Password))
}

func (c *registryClient) manifest(
	ctx context.Context, method string, image reference, accept []string, authorization string,
) (*http.Response, error) {
	address := fmt.Sprintf("%s://%s/v2/%s/manifests/%s", c.scheme, image.Registry, image.Repository, image.Tag)
	request, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, fmt.Errorf("Error creating registry request: %w", err) //nolint:staticcheck
	}
	request.Header["Accept"] = accept
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("Error during registry request: %w", err) //nolint:staticcheck
	}
	return response, nil
}

// token follows a Bearer challenge; any other refusal means that the login is wrong. Where a login gets no token, one is
// asked for without it: what is public is found all the same.
func (c *registryClient) token(ctx context.Context, refused *http.Response, image reference) (string, error) {
	refused.Body.Close()
	challenge := refused.Header.Get("WWW-Authenticate")
	fields := map[string]string{}
	for _, match := range challengeField.FindAllStringSubmatch(challenge, -1) {
		fields[match[1]] = match[2]
	}
	if !strings.HasPrefix(strings.ToLower(challenge), "bearer ") || fields["realm"] == "" {
		return "", errors.New("bad credentials: " + refused.Status)
	}
	if fields["scope"] == "" {
		fields["scope"] = "repository:" + image.Repository + ":push,pull"
	}
	query := url.Values{"service": {fields["service"]}, "scope": {fields["scope"]}}
	address := fields["realm"] + "?" + query.Encode()
	if c.auth.Username != "" {
		if token, err := c.askToken(ctx, address, basic(c.auth)); err == nil {
			return token, nil
		}
	}
	return c.askToken(ctx, address, "")
}

func (c *registryClient) askToken(ctx context.Context, address, authorization string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", fmt.Errorf("Error creating registry request: %w", err) //nolint:staticcheck
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
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
	if answer.Token == "" {
		return "", errors.New("Error unsupported OAuth response") //nolint:staticcheck
	}
	return "Bearer " + answer.Token, nil
}
