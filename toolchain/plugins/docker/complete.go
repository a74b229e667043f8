package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"slipway.dev/toolchain/plugins/internal/standin"
)

const platformAdvice = "Building your image for %s architecture.\n" +
	"To ensure you are building for the correct platform, consider explicitly setting the `platform` field on ImageBuildOptions."

// complete writes down what was left open: where and for what is built, and the digest of everything that the build can
// see, so that a changed file is a changed input. What is unknown stays so.
func (s *server) complete(ctx context.Context, urn string, inputs resource.PropertyMap) (resource.PropertyMap, error) {
	decoded, err := decodeImage(inputs)
	if err != nil {
		return nil, err
	}
	given := inputs["build"]
	for given.IsSecret() {
		given = given.SecretValue().Element
	}
	if given.IsComputed() || given.IsOutput() {
		return inputs, nil
	}
	fields := resource.PropertyMap{}
	if given.IsObject() {
		fields = given.ObjectValue().Copy()
	}
	seen := true
	for name, value := range map[resource.PropertyKey]string{
		"context": decoded.Build.Context, "dockerfile": decoded.Build.Dockerfile,
	} {
		if plain := standin.Plain(fields[name]); plain.IsComputed() || plain.IsOutput() {
			seen = false
		} else if plain.IsNull() {
			fields[name] = resource.NewProperty(value)
		}
	}
	if seen {
		if err := findDockerfile(decoded.Build.Context, decoded.Build.Dockerfile); err != nil {
			return nil, err
		}
		digest, err := contextDigest(decoded.Build.Context, decoded.Build.Dockerfile)
		if err != nil {
			return nil, err
		}
		fields["contextDigest"] = resource.NewProperty(digest)
	}
	if fields["platform"].IsNull() {
		platform := "linux/" + runtime.GOARCH
		fields["platform"] = resource.NewProperty(platform)
		s.Log.Info(ctx, urn, fmt.Sprintf(platformAdvice, platform))
	}
	completed := inputs.Copy()
	completed["buildOnPreview"] = resource.NewProperty(decoded.BuildOnPreview)
	completed["build"] = resource.NewProperty(fields)
	if inputs["build"].IsSecret() {
		completed["build"] = resource.MakeSecret(completed["build"])
	}
	return completed, nil
}

// findDockerfile takes a Dockerfile's path as seen from the program's folder, not from the context's.
func findDockerfile(folder, dockerfile string) error {
	_, err := os.Stat(dockerfile)
	if err == nil {
		return nil
	}
	if filepath.IsAbs(dockerfile) {
		return fmt.Errorf("expected a relative Dockerfile path; got %q instead: %w", dockerfile, err)
	}
	if _, within := os.Stat(filepath.Join(folder, dockerfile)); within == nil {
		return fmt.Errorf("could not open dockerfile at relative path %q. Try setting `dockerfile` to %q",
			dockerfile, filepath.Join(folder, dockerfile))
	}
	return fmt.Errorf("could not open dockerfile at relative path %q: %w", dockerfile, err)
}
