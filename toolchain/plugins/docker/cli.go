package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sort"
	"strings"
)

const keptLines = 30

// cli runs the machine's docker client against one engine and one configuration folder.
type cli struct {
	host   string
	config string
	report func(line string)
}

func (c *cli) run(ctx context.Context, stdin string, extra []string, arguments ...string) (string, error) {
	process := exec.CommandContext(ctx, "docker", arguments...)
	process.Env = append(os.Environ(), extra...)
	if c.host != "" {
		process.Env = append(process.Env, "DOCKER_HOST="+c.host)
	}
	if c.config != "" {
		process.Env = append(process.Env, "DOCKER_CONFIG="+c.config)
	}
	process.Stdin = strings.NewReader(stdin)
	reader, writer := io.Pipe()
	process.Stderr = writer
	var output strings.Builder
	process.Stdout = io.MultiWriter(&output, writer)
	last := make(chan []string)
	go func() { last <- c.follow(reader) }()
	err := process.Run()
	writer.Close()
	lines := <-last
	if err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return "", errors.New("the docker client is not on PATH; install it, or build the image elsewhere")
		}
		return "", fmt.Errorf("docker %s: %w:\n%s", arguments[0], err, strings.Join(lines, "\n"))
	}
	return strings.TrimSpace(output.String()), nil
}

func (c *cli) follow(reader io.Reader) []string {
	var last []string
	buffered := bufio.NewReader(reader)
	for {
		line, err := buffered.ReadString('\n')
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			c.report(line)
			if last = append(last, line); len(last) > keptLines {
				last = last[1:]
			}
		}
		if err != nil {
			return last
		}
	}
}

// build passes build arguments through the environment, so that their values show in no process list.
func (c *cli) build(ctx context.Context, i *image) error {
	buildKit, err := c.buildKit(ctx, i.Build.BuilderVersion)
	if err != nil {
		return err
	}
	arguments := []string{"build", "--tag", i.ImageName, "--file", i.Build.Dockerfile}
	extra := []string{"DOCKER_BUILDKIT=" + buildKit}
	names := make([]string, 0, len(i.Build.Args))
	for name := range i.Build.Args {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		arguments = append(arguments, "--build-arg", name)
		extra = append(extra, name+"="+i.Build.Args[name])
	}
	if i.Build.Target != "" {
		arguments = append(arguments, "--target", i.Build.Target)
	}
	if i.Build.Platform != "" {
		arguments = append(arguments, "--platform", i.Build.Platform)
	}
	for _, cached := range i.Build.CacheFrom.Images {
		arguments = append(arguments, "--cache-from", cached)
	}
	_, err = c.run(ctx, "", extra, append(arguments, i.Build.Context)...)
	return err
}

// buildKit falls back to the classic builder where the client lacks the buildx plugin, which newer clients need.
func (c *cli) buildKit(ctx context.Context, version string) (string, error) {
	if version == "BuilderV1" {
		return "0", nil
	}
	quiet := &cli{host: c.host, config: c.config, report: func(string) {}}
	if _, err := quiet.run(ctx, "", nil, "buildx", "version"); err == nil {
		return "1", nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	c.report("the docker client has no buildx plugin: building with the classic builder")
	return "0", nil
}

// inspect answers the local image id and the digest under which the image's own repository knows it, if any.
func (c *cli) inspect(ctx context.Context, name string) (id, repoDigest string, err error) {
	quiet := &cli{host: c.host, config: c.config, report: func(string) {}}
	text, err := quiet.run(ctx, "", nil, "image", "inspect", "--format", "{{json .}}", name)
	if err != nil {
		return "", "", err
	}
	var found struct {
		ID          string `json:"Id"`
		RepoDigests []string
	}
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		return "", "", fmt.Errorf("docker image inspect %s: %w", name, err)
	}
	repository, _ := splitTag(name)
	for _, candidate := range found.RepoDigests {
		if strings.HasPrefix(candidate, repository+"@") {
			return found.ID, candidate, nil
		}
	}
	return found.ID, "", nil
}
