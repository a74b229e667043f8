package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// forPeople are files that nobody decides by: who holds the lock (nobody does after a kill), and what is said of a step.
var forPeople = map[string]bool{"lock": true, "log": true, "step": true, "steps": true}

// checksum is of all that is in the folders that the file names, a line each: names, modes, links and texts. Without the
// file it is empty.
func checksum(file string) string {
	folders, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	sum := sha256.New()
	for _, folder := range strings.Fields(string(folders)) {
		_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return nil
			}
			// The scripts themselves.
			if entry.IsDir() && entry.Name() == "scripts" {
				return filepath.SkipDir
			}
			info, err := entry.Info()
			if err != nil {
				return nil
			}
			fmt.Fprintf(sum, "%s %s\n", path, info.Mode())
			switch {
			case info.Mode()&fs.ModeSymlink != 0:
				target, _ := os.Readlink(path)
				fmt.Fprintln(sum, target)
			case info.Mode().IsRegular() && !forPeople[entry.Name()]:
				text, _ := os.ReadFile(path)
				fmt.Fprintf(sum, "%d\n%s\n", len(text), text)
			}
			return nil
		})
	}
	return fmt.Sprintf("%x", sum.Sum(nil))[:16]
}
