package main

import "strings"

const dockerHub = "registry-1.docker.io"

// reference is an image name taken apart: the registry's host, the repository below it, and a tag or digest.
type reference struct {
	Registry   string
	Repository string
	Tag        string
}

func parseReference(name string) reference {
	parsed := reference{Registry: dockerHub, Tag: "latest"}
	rest := name
	if at := strings.IndexByte(rest, '@'); at >= 0 {
		rest, parsed.Tag = rest[:at], rest[at+1:]
		rest, _ = splitTag(rest)
	} else if repository, tag := splitTag(rest); tag != "" {
		rest, parsed.Tag = repository, tag
	}
	if slash := strings.IndexByte(rest, '/'); slash > 0 && isHost(rest[:slash]) {
		parsed.Registry, rest = serverName(rest[:slash]), rest[slash+1:]
	}
	if parsed.Registry == dockerHub && !strings.Contains(rest, "/") {
		rest = "library/" + rest
	}
	parsed.Repository = rest
	return parsed
}

func splitTag(name string) (string, string) {
	colon := strings.LastIndexByte(name, ':')
	if colon < 0 || strings.ContainsRune(name[colon:], '/') {
		return name, ""
	}
	return name[:colon], name[colon+1:]
}

func isHost(part string) bool { return strings.ContainsAny(part, ".:") || part == "localhost" }
