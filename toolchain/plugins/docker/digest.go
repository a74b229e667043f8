package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// contextDigest covers the Dockerfile, under one name and mode wherever it lies, and the path, mode and content of every
// file of the build context that the ignore file does not exclude. A symbolic link counts by its target's path. The
// digest is the official plugin's, so that a state moves between the two without a change.
func contextDigest(folder, dockerfile string) (string, error) {
	matcher, err := ignored(folder, dockerfile)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	if err := addFile(sum, "Dockerfile", dockerfile, 0); err != nil {
		return "", fmt.Errorf("error hashing dockerfile %q: %w", dockerfile, err)
	}
	err = filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, file)
		if err != nil || relative == "." {
			return err
		}
		excluded, err := matcher.MatchesOrParentMatches(filepath.ToSlash(relative))
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if excluded && !matcher.Exclusions() {
				return filepath.SkipDir
			}
			return nil
		}
		if excluded {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return fmt.Errorf("determining mode for %q: %w", relative, err)
		}
		return addFile(sum, relative, file, info.Mode())
	})
	if err != nil {
		return "", fmt.Errorf("unable to hash build context %q: %w", folder, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func addFile(sum io.Writer, name, file string, mode fs.FileMode) error {
	content := sha256.New()
	if mode.Type() == fs.ModeSymlink {
		target, err := filepath.EvalSymlinks(file)
		if err != nil {
			return fmt.Errorf("could not evaluate symlink at %s: %w", file, err)
		}
		io.WriteString(content, filepath.ToSlash(filepath.Clean(target)))
	} else if mode.IsRegular() {
		opened, err := os.Open(file)
		if err != nil {
			return err
		}
		defer opened.Close()
		if _, err := io.Copy(content, opened); err != nil {
			return err
		}
	}
	fmt.Fprintf(sum, "%s%s%s\x00", filepath.ToSlash(name), mode, content.Sum(nil))
	return nil
}

// ignored prefers "<dockerfile>.dockerignore" to the context's ".dockerignore".
func ignored(folder, dockerfile string) (*patternmatcher.PatternMatcher, error) {
	for _, file := range []string{dockerfile + ".dockerignore", filepath.Join(folder, ".dockerignore")} {
		opened, err := os.Open(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("unable to read %s file: %w", file, err)
		}
		defer opened.Close()
		patterns, err := ignorefile.ReadAll(opened)
		if err != nil {
			return nil, fmt.Errorf("unable to parse %s file: %w", file, err)
		}
		return patternmatcher.New(patterns)
	}
	return patternmatcher.New(nil)
}
